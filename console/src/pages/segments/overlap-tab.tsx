import { MultiSelect, Paper, Stack, Table, Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { api } from '../../api/client';
import { CsvButton } from '../../ui/csv-button';
import { Failed } from '../../ui/failed';
import { count } from '../../ui/figure';
import { Loading } from '../../ui/loading';
import classes from './overlap.module.css';
import { OverlapPicture } from './overlap-picture';
import { useSegmentNames } from './use-segment-names';

const COMPARED_MAX = 9;

/** How many people the segment shares with others. */
export function OverlapTab({ segmentId }: { readonly segmentId: string }) {
  const navigate = useNavigate();
  const names = useSegmentNames();
  const { with: given } = useSearch({ from: '/segments/$segmentId' });
  const others = [...names.keys()].filter((id) => id !== segmentId);
  const chosen =
    given === undefined ? others.slice(0, 3) : given.split(',').filter((id) => others.includes(id));
  return (
    <Stack gap="md">
      <MultiSelect
        label="Compare with"
        placeholder={chosen.length === 0 ? 'Other segments' : ''}
        data={others.map((id) => ({ value: id, label: names.get(id) ?? id }))}
        value={chosen}
        maxValues={COMPARED_MAX}
        searchable
        onChange={(next) =>
          void navigate({
            to: '/segments/$segmentId',
            params: { segmentId },
            search: { tab: 'overlap', with: next.join(',') || 'none' },
            replace: true,
          })
        }
      />
      {chosen.length === 0 ? (
        <Text size="sm" className="quiet">
          {others.length === 0
            ? 'There is no other segment yet to compare it with.'
            : 'Choose segments to see whom they share.'}
        </Text>
      ) : (
        <Matrix segmentId={segmentId} others={chosen} names={names} />
      )}
    </Stack>
  );
}

function Matrix({
  segmentId,
  others,
  names,
}: {
  readonly segmentId: string;
  readonly others: readonly string[];
  readonly names: ReadonlyMap<string, string>;
}) {
  const { data, error, refetch } = api.useQuery('get', '/api/v1/segments/{id}/overlap', {
    params: { path: { id: segmentId }, query: { with: others.join(',') } },
  });
  if (data === undefined) return error ? <Failed error={error} retry={() => void refetch()} /> : <Loading />;
  const heads = data.segments.map((id) => names.get(id) ?? id);
  const [own = []] = data.matrix;
  return (
    <Paper withBorder p="md">
      <OverlapPicture
        name={heads[0] ?? ''}
        size={own[0] ?? 0}
        others={heads.slice(1).map((name, index) => ({
          ...{ name, shared: own[index + 1] ?? 0 },
          size: data.matrix[index + 1]?.[index + 1] ?? 0,
        }))}
      />
      <Table.ScrollContainer minWidth={420} type="native" tabIndex={0} mt="md">
        <Table aria-label="People in both">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>In both</Table.Th>
              {heads.map((head) => (
                <Table.Th key={head} ta="right">
                  {head}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.matrix.map((row, index) => (
              <Table.Tr key={heads[index]}>
                <Table.Th scope="row">{heads[index]}</Table.Th>
                {row.map((people, column) => (
                  <Table.Td
                    key={heads[column]}
                    ta="right"
                    className={`number ${classes.cell}`}
                    style={{ '--share': share(people, data.matrix[index]?.[index]) } as object}
                  >
                    {count(people)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <CsvButton
        name="overlap"
        rows={() => [['in both', ...heads], ...data.matrix.map((row, index) => [heads[index], ...row])]}
      />
    </Paper>
  );
}

function share(people: number, size = 0): number {
  return size === 0 ? 0 : people / size;
}
