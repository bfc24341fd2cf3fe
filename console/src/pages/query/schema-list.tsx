import { Accordion, Paper, Text, Title, UnstyledButton } from '@mantine/core';
import { api } from '../../api/client';
import { Failed } from '../../ui/failed';
import { Loading } from '../../ui/loading';
import classes from './query.module.css';

/** Which tables can be asked, and their columns. Choosing one writes its name. */
export function SchemaList({ onChoose }: { readonly onChoose: (name: string) => void }) {
  const { data, error, refetch } = api.useQuery('get', '/api/v1/query/schema', undefined, {
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (data === undefined) return error ? <Failed error={error} retry={() => void refetch()} /> : <Loading />;
  return (
    <Paper withBorder p="xs">
      <Title order={2} fz="sm" px={6} pt={2}>
        Tables
      </Title>
      <Accordion multiple defaultValue={[]} chevronPosition="left">
        {data.tables.map(({ name, description, columns }) => (
          <Accordion.Item key={name} value={name}>
            <Accordion.Control px={4}>
              <Text size="sm" ff="monospace">
                {name}
              </Text>
            </Accordion.Control>
            <Accordion.Panel>
              <Text size="xs" className="quiet" mb={6}>
                {description}
              </Text>
              {columns.map((column) => (
                <UnstyledButton
                  key={column.name}
                  className={classes.column}
                  title={column.description}
                  onClick={() => onChoose(column.name)}
                >
                  <span>{column.name}</span>
                  <span className="quiet">{column.type}</span>
                </UnstyledButton>
              ))}
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </Paper>
  );
}
