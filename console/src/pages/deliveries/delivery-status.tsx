import { Badge } from '@mantine/core';

const LOOKS: Readonly<Record<string, { readonly text: string; readonly color: string }>> = {
  pending: { text: 'waiting', color: 'blue' },
  retried: { text: 'tried again', color: 'yellow' },
  dead: { text: 'given up', color: 'red' },
  delivered: { text: 'delivered', color: 'teal' },
  filtered: { text: 'filtered', color: 'gray' },
};

/** Where a delivery is, or how an attempt ended. */
export function DeliveryStatus({ status }: { readonly status: string }) {
  const { text, color } = LOOKS[status] ?? { text: status, color: 'gray' };
  return (
    <Badge variant="light" color={color}>
      {text}
    </Badge>
  );
}

/** The same as a word. */
export function statusText(status: string): string {
  return LOOKS[status]?.text ?? status;
}
