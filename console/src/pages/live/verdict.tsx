import { Badge } from '@mantine/core';
import { outcomeOf } from './live-filter';

const COLOURS = { processed: 'teal', duplicate: 'gray', refused: 'red' } as const;

/** What became of an event; of a refused one its code. */
export function Verdict({ verdict }: { readonly verdict: string }) {
  return (
    <Badge variant="dot" color={COLOURS[outcomeOf(verdict)]} fw={550}>
      {verdict.replaceAll('_', ' ')}
    </Badge>
  );
}
