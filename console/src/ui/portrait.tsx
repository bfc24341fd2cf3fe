import { Avatar } from '@mantine/core';
import { initialsOf } from './person';

const COLOURS = ['river', 'teal', 'grape', 'orange', 'indigo', 'pink', 'lime', 'cyan'] as const;

/** A picture of somebody: letters on a colour that is always theirs. */
export function Portrait({
  id,
  name,
  size = 26,
}: {
  readonly id: string;
  readonly name: string;
  readonly size?: number;
}) {
  const hash = [...id].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 9_973, 7);
  return (
    <Avatar
      size={size}
      radius="xl"
      color={COLOURS[hash % COLOURS.length] ?? 'river'}
      variant="light"
      aria-hidden
    >
      {initialsOf(name)}
    </Avatar>
  );
}
