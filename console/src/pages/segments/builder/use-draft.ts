import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { api } from '../../../api/client';
import { problemText } from '../../../api/problem';
import type { Node } from './definition';

/** How long nobody must have written before the server is asked. */
const PAUSE_MS = 250;
const NOTHING: Node = { kind: 'all', of: [] };

/** The form that was changed last; the other one follows it. */
type Given = { readonly definition: Node } | { readonly text: string };

/** A definition while it is written, in both of its forms. */
export interface Draft {
  readonly node: Node;
  readonly text: string;
  readonly setNode: (node: Node) => void;
  readonly setText: (text: string) => void;
  /** The definition that the server understood, its words, and nothing while it is wrong or empty. */
  readonly understood: { readonly text: string; readonly english: string } | undefined;
  /** What is wrong with it. */
  readonly fault: string | undefined;
  readonly isEmpty: boolean;
}

/** Keeps the picture and the text of a definition equal: whichever is changed, the server tells the other one. */
export function useDraft(start: { readonly text: string; readonly node?: Node }): Draft {
  const [given, setGiven] = useState<Given>(
    start.node === undefined && start.text !== ''
      ? { text: start.text }
      : { definition: start.node ?? NOTHING },
  );
  const [node, setNode] = useState(start.node ?? NOTHING);
  const [text, setText] = useState(start.text);
  const [asked] = useDebouncedValue(given, PAUSE_MS);
  const isEmpty = 'text' in given ? given.text.trim() === '' : isBlank(given.definition);
  const isAskedEmpty = 'text' in asked ? asked.text.trim() === '' : isBlank(asked.definition);
  const { data, error } = api.useQuery(
    'post',
    '/api/v1/segments/explain',
    { body: asked as never },
    { enabled: !isAskedEmpty, retry: false, staleTime: Number.POSITIVE_INFINITY },
  );
  useEffect(() => {
    if (data === undefined || asked !== given) return;
    if ('text' in asked) setNode(data.definition as Node);
    else setText(data.text.trimEnd());
  }, [data, asked, given]);
  const isSettled = asked === given && !isEmpty;
  return {
    ...{ node, text, isEmpty },
    understood: isSettled && data !== undefined ? data : undefined,
    fault: isSettled && error ? problemText(error).detail : undefined,
    setNode: (next) => {
      setNode(next);
      setGiven({ definition: next });
      if (isBlank(next)) setText('');
    },
    setText: (next) => {
      setText(next);
      setGiven({ text: next });
      if (next.trim() === '') setNode(NOTHING);
    },
  };
}

function isBlank(node: Node): boolean {
  return (node.kind === 'all' || node.kind === 'any') && node.of.length === 0;
}
