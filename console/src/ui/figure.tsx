import { Paper, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** A number that matters, with its name, and a word on how it is. */
export function Figure({
  label,
  value,
  note,
}: {
  readonly label: string;
  readonly value: ReactNode;
  readonly note?: ReactNode;
}) {
  return (
    <Paper withBorder p="md" radius="md">
      <Text size="xs" className="quiet">
        {label}
      </Text>
      <Text fz={24} fw={620} lh={1.3} className="number">
        {value}
      </Text>
      {note === undefined ? null : (
        <Text size="xs" className="quiet">
          {note}
        </Text>
      )}
    </Paper>
  );
}

const whole = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** A whole number with its thousands set apart. */
export function count(value: number): string {
  return whole.format(value);
}

/** A number of things, with their name in the singular: `1 event`, `2 events`. */
export function counted(value: number, thing: string, things = `${thing}s`): string {
  return `${count(value)} ${value === 1 ? thing : things}`;
}

/** A large number in few characters, such as 1.2M. */
export function brief(value: number): string {
  return short.format(value);
}
