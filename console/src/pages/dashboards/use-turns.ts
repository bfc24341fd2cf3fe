import { useCallback, useMemo, useRef, useState } from 'react';
import type { Turn } from '../insights/turn';

/** What a card needs to ask its question in its turn. */
export interface CardTurn extends Turn {
  /** It was answered once. */
  readonly isOver: boolean;
  /** It came into view. */
  readonly show: () => void;
}

/** Lets cards ask one after the other, in their order; those that nobody has looked at yet do not. */
export function useTurns(ids: readonly string[]): (id: string) => CardTurn {
  const [shown, setShown] = useState<ReadonlySet<string>>(new Set());
  const [over, setOver] = useState<ReadonlySet<string>>(new Set());
  const asking = useRef<string>(undefined);
  const waits = (id: string) => shown.has(id) && !over.has(id);
  // Who asks goes on, also when an earlier card comes into view.
  if (asking.current === undefined || !ids.includes(asking.current) || !waits(asking.current))
    asking.current = ids.find(waits);
  const functions = useRef(new Map<string, Pick<CardTurn, 'end' | 'show'>>());
  const functionsOf = useCallback((id: string) => {
    const with_ = (before: ReadonlySet<string>) => (before.has(id) ? before : new Set([...before, id]));
    const made = functions.current.get(id) ?? { end: () => setOver(with_), show: () => setShown(with_) };
    functions.current.set(id, made);
    return made;
  }, []);
  const current = asking.current;
  return useMemo(
    () => (id: string) => ({
      isOpen: over.has(id) || id === current,
      isOver: over.has(id),
      ...functionsOf(id),
    }),
    [over, current, functionsOf],
  );
}
