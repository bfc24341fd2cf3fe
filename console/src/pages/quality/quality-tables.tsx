import { Paper, Table, Text, Title } from '@mantine/core';
import { useSourceNames } from '../../api/use-source-names';
import { count } from '../../ui/figure';
import { AnchorLink } from '../../ui/links';
import { completenessOf, FAULTS, percent, type QualityDay, sumOf } from './quality-figures';
import classes from './quality-tables.module.css';

type BySource = ReadonlyMap<string, readonly QualityDay[]>;

/** What is not as it should be, by source. */
export function FaultsTable({ sources }: { readonly sources: BySource }) {
  const nameOf = useSourceNames();
  return (
    <Paper withBorder p="md" radius="md">
      <Title order={3}>Validity</Title>
      <Table.ScrollContainer minWidth={640} type="native" tabIndex={0}>
        <Table aria-label="Validity by source">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Source</Table.Th>
              <Table.Th ta="right">Events</Table.Th>
              {FAULTS.map(({ id, label }) => (
                <Table.Th key={id} ta="right">
                  {label}
                </Table.Th>
              ))}
              <Table.Th ta="right">Suspected duplicates</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {[...sources].map(([sourceId, days]) => {
              const sum = sumOf(days);
              return (
                <Table.Tr key={sourceId}>
                  <Table.Th scope="row" fw={500} className={classes.source}>
                    {nameOf(sourceId)}
                  </Table.Th>
                  <Table.Td ta="right" className="number">
                    {count(sum.events ?? 0)}
                  </Table.Td>
                  {FAULTS.map(({ id, of, badFrom = 100 }) => {
                    const value = of(sum);
                    return (
                      <Table.Td
                        key={id}
                        ta="right"
                        className={`number ${classes.share}`}
                        data-bad={(value ?? 0) >= badFrom || undefined}
                      >
                        {id === 'refused' && value ? (
                          <AnchorLink
                            to="/quality"
                            search={{ tab: 'quarantine', source: sourceId }}
                            size="sm"
                          >
                            {percent(value)}
                          </AnchorLink>
                        ) : (
                          percent(value)
                        )}
                      </Table.Td>
                    );
                  })}
                  <Table.Td ta="right" className="number">
                    {count(sum.suspected_duplicates ?? 0)}
                  </Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}

/** Of the identify calls of each source, how many carried what a shop expects to know. */
export function CompletenessTable({
  sources,
  traits,
}: {
  readonly sources: BySource;
  readonly traits: readonly string[];
}) {
  const nameOf = useSourceNames();
  const known = [...sources]
    .map(([sourceId, days]) => ({ sourceId, sum: sumOf(days) }))
    .filter(({ sum }) => (sum.identifies ?? 0) > 0);
  return (
    <Paper withBorder p="md" radius="md">
      <Title order={3}>Completeness of identify calls</Title>
      {known.length === 0 ? (
        <Text size="sm" className="quiet" mt="xs">
          No source told who people are: nothing came with an identify call in this time.
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={640} type="native" tabIndex={0}>
          <Table aria-label="Completeness by source">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Source</Table.Th>
                <Table.Th ta="right">Calls</Table.Th>
                {traits.map((trait) => (
                  <Table.Th key={trait} ta="right">
                    {trait}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {known.map(({ sourceId, sum }) => (
                <Table.Tr key={sourceId}>
                  <Table.Th scope="row" fw={500} className={classes.source}>
                    {nameOf(sourceId)}
                  </Table.Th>
                  <Table.Td ta="right" className="number">
                    {count(sum.identifies ?? 0)}
                  </Table.Td>
                  {traits.map((trait) => {
                    const value = completenessOf(trait).of(sum);
                    return (
                      <Table.Td
                        key={trait}
                        ta="right"
                        className={`number ${classes.filled}`}
                        style={{ '--filled': `${Math.round((value ?? 0) / 5) * 1.5}%` } as object}
                      >
                        {percent(value)}
                      </Table.Td>
                    );
                  })}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Paper>
  );
}
