import { Paper, Table, Text, Title } from '@mantine/core';
import { count } from '../../ui/figure';
import { AnchorLink } from '../../ui/links';
import { REASONS } from '../quality/reasons';

/** What of a source was refused, by reason; each leads to the quarantine. */
export function RefusedByCode({
  sourceId,
  rejected,
}: {
  readonly sourceId: string;
  readonly rejected: Readonly<Record<string, number>>;
}) {
  const codes = Object.entries(rejected).sort(([, a], [, b]) => b - a);
  return (
    <Paper withBorder p="md" radius="md">
      <Title order={3} mb="xs">
        Refused
      </Title>
      {codes.length === 0 ? (
        <Text size="sm" className="quiet">
          Nothing of this source was refused.
        </Text>
      ) : (
        <Table aria-label="Refused, by reason" withRowBorders={false} verticalSpacing={5}>
          <Table.Tbody>
            {codes.map(([code, events]) => (
              <Table.Tr key={code}>
                <Table.Th scope="row" fw={500}>
                  <AnchorLink to="/quality" search={{ tab: 'quarantine', source: sourceId, code }} size="sm">
                    {code.replaceAll('_', ' ')}
                  </AnchorLink>
                </Table.Th>
                <Table.Td className="quiet" visibleFrom="xs">
                  {REASONS[code]}
                </Table.Td>
                <Table.Td ta="right" className="number">
                  {count(events)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Paper>
  );
}
