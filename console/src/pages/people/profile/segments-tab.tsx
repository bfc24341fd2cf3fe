import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { api } from '../../../api/client';
import { Empty } from '../../../ui/empty';
import { Failed } from '../../../ui/failed';
import { Loading } from '../../../ui/loading';
import { Moment } from '../../../ui/moment';
import { type Membership, type Profile, refOf } from '../person-types';
import { Explanation, type ExplanationNode } from './explanation';

const CAUSES: Readonly<Record<string, string>> = {
  event: 'after an event',
  timer: 'as time went by',
  backfill: 'when the segment changed',
  merge: 'when profiles were merged',
  operation: 'by an operation on identity',
  deletion: 'when the segment was deleted',
};

/** The segments of a person, now and before, and why. */
export function SegmentsTab({ profile }: { readonly profile: Profile }) {
  const ref = refOf(profile.id);
  const { data, error, refetch } = api.useQuery(
    'get',
    '/api/v1/profiles/{ref}/segments',
    { params: { path: { ref } } },
    { refetchInterval: 5_000 },
  );
  if (data === undefined) return error ? <Failed error={error} retry={() => void refetch()} /> : <Loading />;
  if (data.now.length + data.past.length === 0)
    return (
      <Empty
        title="In no segment"
        text="This person is in no segment, and never was. Segments are defined by what people are and do, and keep themselves up to date."
      />
    );
  return (
    <Stack gap="md">
      <Paper withBorder p="md">
        <Title order={2} fz="sm" mb={6}>
          Now
        </Title>
        {data.now.length === 0 ? (
          <Text size="sm" className="quiet">
            In none.
          </Text>
        ) : null}
        <Stack gap={4}>
          {data.now.map((one) => (
            <Stay key={one.id} profileRef={ref} stay={one} />
          ))}
        </Stack>
      </Paper>
      {data.past.length === 0 ? null : (
        <Paper withBorder p="md">
          <Title order={2} fz="sm" mb={6}>
            Before
          </Title>
          <Stack gap={8}>
            {data.past.map((one) => (
              <Group key={`${one.id} ${one.leftAt}`} justify="space-between" gap="xs">
                <Text size="sm">{one.name}</Text>
                <Text size="xs" className="quiet">
                  entered <Moment at={one.enteredAt} /> · left <Moment at={one.leftAt} />
                  {`, ${CAUSES[one.cause] ?? one.cause}`}
                </Text>
              </Group>
            ))}
          </Stack>
        </Paper>
      )}
    </Stack>
  );
}

function Stay({
  profileRef: ref,
  stay: { id, name, enteredAt, version },
}: {
  readonly profileRef: string;
  readonly stay: Membership;
}) {
  const [isOpen, setOpen] = useState(false);
  const { data, error } = api.useQuery(
    'get',
    '/api/v1/profiles/{ref}/explain',
    { params: { path: { ref }, query: { segment: id } } },
    { enabled: isOpen },
  );
  return (
    <div>
      <Group justify="space-between" gap="xs">
        <Group gap="xs">
          <Text size="sm" fw={550}>
            {name}
          </Text>
          <Button
            size="compact-xs"
            variant="light"
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
            aria-label={`Why? ${name}`}
          >
            Why?
          </Button>
        </Group>
        <Text size="xs" className="quiet">
          since <Moment at={enteredAt} /> · version {version}
        </Text>
      </Group>
      {isOpen && error ? <Failed error={error} /> : null}
      {isOpen && data === undefined && !error ? <Loading lines={2} /> : null}
      {isOpen && data !== undefined ? <Explanation node={data.why as ExplanationNode} /> : null}
    </div>
  );
}
