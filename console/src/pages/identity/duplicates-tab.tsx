import { Anchor, Badge, Button, Grid, Group, Modal, Paper, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client';
import { pageOptions, pagesOf } from '../../api/use-pages';
import { useUser } from '../../api/use-session';
import { Empty } from '../../ui/empty';
import { Failed } from '../../ui/failed';
import { counted } from '../../ui/figure';
import { Loading } from '../../ui/loading';
import { nameOf } from '../../ui/person';
import { Portrait } from '../../ui/portrait';
import { MergePreview } from '../people/merge-preview';

interface Pair {
  readonly profileId: string;
  readonly otherProfileId: string;
  readonly evidence: ReadonlyArray<{ readonly rule: string; readonly detail: string }>;
}

/** Profiles that are probably one person, side by side. Nothing is merged by itself. */
export function DuplicatesTab() {
  const [merging, setMerging] = useState<Pair>();
  const { rows, error, refetch, more } = pagesOf(
    api.useInfiniteQuery(
      'get',
      '/api/v1/identity/duplicates',
      { params: { query: { limit: 20 } } },
      pageOptions,
    ),
  );
  if (rows === undefined)
    return error ? <Failed error={error} retry={refetch} /> : <Loading height={80} lines={4} />;
  if (rows.length === 0)
    return (
      <Empty
        title="No suspected duplicates"
        text="Profiles that share no identifier, but a name and a birthday, an address, or a mail box in another spelling, would be shown here side by side."
      />
    );
  return (
    <Stack gap="sm">
      <Modal
        opened={merging !== undefined}
        onClose={() => setMerging(undefined)}
        title="Are they one person?"
        size="xl"
      >
        {merging === undefined ? null : (
          <MergePreview
            into={`id:${merging.otherProfileId}`}
            from={`id:${merging.profileId}`}
            onBack={() => setMerging(undefined)}
            onDone={() => setMerging(undefined)}
          />
        )}
      </Modal>
      {rows.map((pair) => (
        <PairCard
          key={`${pair.profileId} ${pair.otherProfileId}`}
          pair={pair}
          onMerge={() => setMerging(pair)}
        />
      ))}
      {more.has ? (
        <Button
          variant="default"
          loading={more.isLoading}
          onClick={more.load}
          style={{ alignSelf: 'center' }}
        >
          More
        </Button>
      ) : null}
    </Stack>
  );
}

function PairCard({ pair, onMerge }: { readonly pair: Pair; readonly onMerge: () => void }) {
  const { role } = useUser();
  return (
    <Paper withBorder p="md">
      <Grid gap="md" align="center">
        <Grid.Col span={{ base: 12, sm: 4 }}>
          <Side id={pair.otherProfileId} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, sm: 4 }}>
          <Side id={pair.profileId} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, sm: 4 }}>
          <Group justify="space-between" wrap="nowrap" align="center">
            <div>
              {pair.evidence.map(({ rule, detail }) => (
                <Text key={rule} size="xs" style={{ overflowWrap: 'anywhere' }}>
                  <Badge size="xs" variant="light" mr={6}>
                    {rule.replaceAll('_', ' ')}
                  </Badge>
                  {detail}
                </Text>
              ))}
            </div>
            <Button
              size="xs"
              variant="light"
              disabled={role === 'viewer'}
              title={role === 'viewer' ? 'Merging is for editors' : undefined}
              onClick={onMerge}
              style={{ flexShrink: 0 }}
            >
              Compare
            </Button>
          </Group>
        </Grid.Col>
      </Grid>
    </Paper>
  );
}

function Side({ id }: { readonly id: string }) {
  const { data } = api.useQuery(
    'get',
    '/api/v1/profiles/{ref}',
    { params: { path: { ref: `id:${id}` } } },
    { staleTime: 30_000 },
  );
  if (data === undefined) return <Loading lines={1} height={36} />;
  const name = nameOf(data);
  return (
    <Group gap={10} wrap="nowrap">
      <Portrait id={id} name={name} size={36} />
      <div style={{ minWidth: 0 }}>
        <Anchor
          size="sm"
          fw={550}
          renderRoot={(props) => <Link {...props} to="/people/$ref" params={{ ref: id }} search={{}} />}
        >
          {name}
        </Anchor>
        <Text size="xs" className="quiet" truncate>
          {counted(data.eventCounts.total, 'event')} ·{' '}
          {data.identifiers.map(({ value }) => value).join(' · ')}
        </Text>
      </div>
    </Group>
  );
}
