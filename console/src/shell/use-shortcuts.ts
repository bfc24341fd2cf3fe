import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { NAVIGATION } from './navigation';

/** How long the second key may take. */
const SECOND_KEY_MS = 1_000;

/** Keys that lead to pages: `g` and a letter, one after the other, unless somebody is writing. */
export function useShortcuts(): void {
  const navigate = useNavigate();
  useEffect(() => {
    let first = { key: '', at: 0 };
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const isWriting = target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
      if (isWriting || event.ctrlKey || event.metaKey || event.altKey) return;
      const keys = Date.now() - first.at < SECOND_KEY_MS ? `${first.key} ${event.key}` : event.key;
      first = { key: event.key, at: Date.now() };
      const found = NAVIGATION.flatMap(({ items }) => items).find((item) => item.keys === keys);
      if (found === undefined) return;
      event.preventDefault();
      void navigate({ to: found.to });
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [navigate]);
}
