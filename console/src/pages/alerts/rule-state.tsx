import { Badge } from '@mantine/core';
import type { Rule } from './alert-fields';

/** How a rule is. */
export function RuleState({ rule: { enabled, firingSince, figure } }: { readonly rule: Rule }) {
  const [word, color] = !enabled
    ? (['off', 'gray'] as const)
    : firingSince !== null
      ? (['firing', 'red'] as const)
      : figure === null
        ? (['waiting', 'gray'] as const)
        : (['well', 'teal'] as const);
  return (
    <Badge
      variant="light"
      color={color}
      title={word === 'waiting' ? 'It has not looked yet: rules look about every 15 seconds.' : undefined}
    >
      {word}
    </Badge>
  );
}
