import { Badge } from '@mantine/core';
import type { Rule } from './alert-fields';

/** How a rule is. */
export function RuleState({ rule: { enabled, firingSince, figure } }: { readonly rule: Rule }) {
  const [word, color] = !enabled
    ? (['off', 'gray'] as const)
    : firingSince !== null
      ? (['firing', 'red'] as const)
      : figure === null
        ? (['not looked yet', 'gray'] as const)
        : (['well', 'teal'] as const);
  return (
    <Badge variant="light" color={color}>
      {word}
    </Badge>
  );
}
