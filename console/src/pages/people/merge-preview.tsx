import { Badge, Button, Group, ScrollArea, Stack, Table, Text } from '@mantine/core';
import { api } from '../../api/client';
import { Failed } from '../../ui/failed';
import { count } from '../../ui/figure';
import { Loading } from '../../ui/loading';
import { nameOf, shown } from '../../ui/person';
import type { Profile } from './person-types';
import { useIdentityChange } from './use-identity-change';

/** Two people side by side, and the one that they would be. */
export function MergePreview({
  into,
  from,
  onBack,
  onDone,
}: {
  readonly into: string;
  readonly from: string;
  readonly onBack: () => void;
  readonly onDone: () => void;
}) {
  const { data, error } = api.useQuery('get', '/api/v1/profiles/merge', {
    params: { query: { into, from } },
  });
  const { merge } = useIdentityChange();
  if (error)
    return (
      <Stack align="flex-start">
        <Failed error={error} />
        <Button variant="default" onClick={onBack}>
          Back
        </Button>
      </Stack>
    );
  if (data === undefined) return <Loading lines={7} />;
  return (
    <Stack gap="md">
      <Comparison {...data} />
      <Text size="xs" className="quiet">
        Segments, consent and audiences follow from the merged profile at once. It can be undone.
      </Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={onBack}>
          Back
        </Button>
        <Button
          loading={merge.isPending}
          onClick={() => merge.mutate({ body: { into, from } }, { onSuccess: onDone })}
        >
          Make 1 person of 2
        </Button>
      </Group>
    </Stack>
  );
}

/** The traits of two people, and those that would count. */
export function Comparison({
  into,
  from,
  profile,
}: {
  readonly into: Profile;
  readonly from: Profile;
  readonly profile: Profile;
}) {
  const names = [...new Set([...Object.keys(into.traits), ...Object.keys(from.traits)])].sort();
  const columns = [into, from, profile] as const;
  return (
    <ScrollArea.Autosize
      mah="50vh"
      type="auto"
      viewportProps={{ tabIndex: 0, 'aria-label': 'What would come of it' }}
    >
      <Table miw={560} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="22%" />
            <Table.Th>{nameOf(into)}</Table.Th>
            <Table.Th>{nameOf(from)}</Table.Th>
            <Table.Th>Together</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          <Table.Tr>
            <Table.Th scope="row">Identifiers</Table.Th>
            {columns.map(({ identifiers, moreIdentifiers }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the three columns have their places.
              <Table.Td key={index}>{count(identifiers.length + moreIdentifiers)}</Table.Td>
            ))}
          </Table.Tr>
          <Table.Tr>
            <Table.Th scope="row">Events</Table.Th>
            {columns.map(({ eventCounts }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the three columns have their places.
              <Table.Td key={index}>{count(eventCounts.total)}</Table.Td>
            ))}
          </Table.Tr>
          {names.map((name) => (
            <TraitRow key={name} name={name} into={into} from={from} profile={profile} />
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea.Autosize>
  );
}

function TraitRow({
  name,
  into,
  from,
  profile,
}: {
  readonly name: string;
  readonly into: Profile;
  readonly from: Profile;
  readonly profile: Profile;
}) {
  const text = ({ traits }: Profile) => (Object.hasOwn(traits, name) ? shown(traits[name]) : undefined);
  const [one, other, both] = [text(into), text(from), text(profile)];
  const isConflict = one !== undefined && other !== undefined && one !== other;
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={400} className="quiet">
        {name}
        {isConflict ? (
          <Badge ml={6} size="xs" variant="light" color="yellow">
            differ
          </Badge>
        ) : null}
      </Table.Th>
      {[one, other, both].map((value, index) => (
        <Table.Td
          // biome-ignore lint/suspicious/noArrayIndexKey: the three columns have their places.
          key={index}
          fw={index === 2 && isConflict ? 600 : 400}
          style={{ overflowWrap: 'anywhere', opacity: value === undefined ? 0.6 : 1 }}
        >
          {value ?? '–'}
        </Table.Td>
      ))}
    </Table.Tr>
  );
}
