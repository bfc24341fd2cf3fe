import { Group, Text } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { shown } from '../../../ui/person';

/** What one node of a definition found for a person. */
export interface ExplanationNode {
  readonly kind: string;
  readonly english?: string;
  readonly holds: boolean;
  readonly value?: unknown;
  readonly of?: readonly ExplanationNode[];
}

const HEADS: Readonly<Record<string, string>> = {
  all: 'All of these hold',
  any: 'Any of these holds',
  not: 'This does not hold',
};

/** What was found, in words. */
function found({ kind, value }: ExplanationNode): string {
  // Without the right to personal data it is a mask.
  if (kind !== 'account_members' || typeof value !== 'object') return shown(value);
  const { inside, members } = value as { readonly inside: number; readonly members: number };
  return `${inside} of ${members} members`;
}

/** Which parts of a definition hold for a person, with the values that were found. */
export function Explanation({
  node,
  depth = 0,
}: {
  readonly node: ExplanationNode;
  readonly depth?: number;
}) {
  const Icon = node.holds ? IconCheck : IconX;
  return (
    <div style={{ paddingInlineStart: depth === 0 ? 4 : 18, marginTop: 4 }}>
      <Group gap={8} wrap="nowrap" align="flex-start">
        <Icon
          size={15}
          style={{ flexShrink: 0, marginTop: 2 }}
          color={node.holds ? 'var(--mantine-color-teal-6)' : 'var(--mantine-color-red-6)'}
          aria-label={node.holds ? 'holds' : 'does not hold'}
        />
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {node.english ?? HEADS[node.kind] ?? node.kind}
          {node.value === undefined ? null : (
            <Text span size="xs" className="quiet">
              {' '}
              · found: {found(node)}
            </Text>
          )}
        </Text>
      </Group>
      {node.of?.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a definition have their places.
        <Explanation key={index} node={part} depth={depth + 1} />
      ))}
    </div>
  );
}
