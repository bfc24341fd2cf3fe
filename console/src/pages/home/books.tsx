import { Anchor, Paper, Progress, Table, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { count } from '../../ui/figure';

/** One side of the ledger. */
export interface ShownTally {
  readonly received: number;
  readonly processed: number;
  readonly duplicate: number;
  readonly rejected: Readonly<Record<string, number>>;
  readonly pending: number;
}

/** The books: what came in, and what became of it. */
export function Books({ tally }: { readonly tally: ShownTally }) {
  const { received, processed, duplicate, pending, rejected } = tally;
  const refused = Object.values(rejected).reduce((sum, one) => sum + one, 0);
  const parts = [
    { name: 'Processed', events: processed, color: 'teal.6', text: 'In their profiles' },
    { name: 'Duplicates', events: duplicate, color: 'gray.5', text: 'Came again, and count once' },
    {
      name: 'Refused',
      events: refused,
      color: 'red.6',
      text: 'In the quarantine, with the reason',
      to: '/quality?tab=quarantine',
    },
    { name: 'Waiting', events: pending, color: 'yellow.5', text: 'In the log, next in turn' },
  ];
  const isBalanced = received === processed + duplicate + refused + pending;
  return (
    <Paper withBorder p="md" radius="md" h="100%">
      <Title order={2} mb="xs">
        Received so far: {count(received)}
      </Title>
      <Progress.Root size="md" aria-hidden>
        {parts.map(({ name, events, color }) => (
          <Progress.Section key={name} value={received === 0 ? 0 : (100 * events) / received} color={color} />
        ))}
      </Progress.Root>
      <Table mt="sm" aria-label="What became of it" withRowBorders={false} verticalSpacing={5}>
        <Table.Tbody>
          {parts.map(({ name, events, text, to }) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={500}>
                {to === undefined ? (
                  name
                ) : (
                  <Anchor component={Link} to={to} size="sm">
                    {name}
                  </Anchor>
                )}
              </Table.Th>
              <Table.Td className="quiet" visibleFrom="xs">
                {text}
              </Table.Td>
              <Table.Td ta="right" className="number">
                {count(events)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Text size="xs" className="quiet" mt="xs">
        {isBalanced
          ? 'The books balance: each line is counted by itself, and together they are what was received.'
          : 'Counted while events were on their way: it balances in a moment.'}
      </Text>
    </Paper>
  );
}
