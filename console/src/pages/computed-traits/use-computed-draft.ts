import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { api } from '../../api/client';
import { problemText } from '../../api/problem';

/** How long nobody must have written before the server is asked. */
const PAUSE_MS = 250;

/** What a computed trait is made of, while it is written. */
export interface ComputedDraft {
  readonly text: string;
  readonly setText: (text: string) => void;
  /** As the server understood it, and its words; nothing while it is wrong or empty. */
  readonly understood: { readonly text: string; readonly english: string } | undefined;
  /** What is wrong with it. */
  readonly fault: string | undefined;
}

/** Has the server look at what is written. */
export function useComputedDraft(start: string): ComputedDraft {
  const [text, setText] = useState(start);
  const [asked] = useDebouncedValue(text, PAUSE_MS);
  const { data, error } = api.useQuery(
    'post',
    '/api/v1/computed-traits/explain',
    { body: { text: asked } },
    { enabled: asked.trim() !== '', retry: false, staleTime: Number.POSITIVE_INFINITY },
  );
  const isSettled = asked === text && text.trim() !== '';
  return {
    ...{ text, setText },
    understood: isSettled ? data : undefined,
    fault: isSettled && error ? problemText(error).detail : undefined,
  };
}
