import { Badge, Button, Group, Modal, Paper, SimpleGrid, Stack, Text } from '@mantine/core';
import { api } from '../../api/client';
import { Failed } from '../../ui/failed';
import { count, counted } from '../../ui/figure';
import { KindIcon } from '../../ui/kind';
import { Loading } from '../../ui/loading';
import { keyOf } from './graph/layout-graph';
import { type Identifier, refOf } from './person-types';
import { type Unmerged, useIdentityChange } from './use-identity-change';

/** Shows who would be with whom, before anybody is taken apart. */
export function UnmergeDialog({
  profileId,
  what,
  onClose,
}: {
  readonly profileId: string;
  /** Undefined while the dialog is closed. */
  readonly what: Unmerged | undefined;
  readonly onClose: () => void;
}) {
  return (
    <Modal opened={what !== undefined} onClose={onClose} title="Take this person apart" size="lg">
      {what === undefined ? null : <Preview profileId={profileId} what={what} onClose={onClose} />}
    </Modal>
  );
}

function Preview({
  profileId,
  what,
  onClose,
}: {
  readonly profileId: string;
  readonly what: Unmerged;
  readonly onClose: () => void;
}) {
  const ref = refOf(profileId);
  const { data, error } = api.useQuery('get', '/api/v1/profiles/{ref}/unmerge', {
    params: { path: { ref }, query: { ...what } },
  });
  const { takeApart, isTakingApart } = useIdentityChange();
  if (error) return <Failed error={error} />;
  if (data === undefined) return <Loading lines={4} />;
  const [one, other] = (data.pairs[0] ?? data.groups.map(([first]) => first)).flatMap((found) => found ?? []);
  const again =
    data.groups.length === 2 && one !== undefined && other !== undefined
      ? { into: keyOf(one), from: keyOf(other) }
      : undefined;
  return (
    <Stack gap="md">
      <Text size="sm">
        One person becomes <b>{count(data.groups.length)}</b>. All <b>{counted(data.events, 'event')}</b> go
        to whom they belong, and traits, consent and segments are made anew from them. It does not come back
        by itself.
      </Text>
      <SimpleGrid cols={{ base: 1, xs: Math.min(2, data.groups.length) }} spacing="sm">
        {data.groups.slice(0, 12).map((group, index) => (
          <PersonGroup
            key={group[0] === undefined ? index : keyOf(group[0])}
            group={group}
            place={index + 1}
          />
        ))}
      </SimpleGrid>
      {data.groups.length > 12 ? <Text size="xs">and {count(data.groups.length - 12)} more</Text> : null}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button
          color="red.9"
          loading={isTakingApart}
          onClick={() => void takeApart(ref, what, again, onClose)}
        >
          Make {count(data.groups.length)} people of 1
        </Button>
      </Group>
    </Stack>
  );
}

function PersonGroup({ group, place }: { readonly group: readonly Identifier[]; readonly place: number }) {
  return (
    <Paper withBorder p="sm">
      <Text size="xs" fw={600} mb={6}>
        Person {place}{' '}
        <Text span size="xs" fw={400} className="quiet">
          {counted(group.length, 'identifier')}
        </Text>
      </Text>
      <Stack gap={4}>
        {group.slice(0, 8).map((one) => (
          <Group key={keyOf(one)} gap={6} wrap="nowrap">
            <KindIcon kind={one.kind} />
            <Text size="sm" truncate title={one.value}>
              {one.value}
            </Text>
          </Group>
        ))}
        {group.length > 8 ? (
          <Badge variant="default" size="sm">
            +{group.length - 8}
          </Badge>
        ) : null}
      </Stack>
    </Paper>
  );
}
