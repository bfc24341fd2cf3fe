import { Alert, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../../api/client';
import { useUser } from '../../../api/use-session';
import { useSourceNames } from '../../../api/use-source-names';
import { Failed } from '../../../ui/failed';
import { count } from '../../../ui/figure';
import { Loading } from '../../../ui/loading';
import { Moment } from '../../../ui/moment';
import { IdentityGraph } from '../graph/identity-graph';
import { keyOf } from '../graph/layout-graph';
import { type IdentityGraph as Graph, type Profile, refOf } from '../person-types';
import { UnmergeDialog } from '../unmerge-dialog';
import type { Unmerged } from '../use-identity-change';

/** Why this is one person, as picture and in words, and how to take it apart. */
export function IdentityTab({ profile }: { readonly profile: Profile }) {
  const { from, to } = useSearch({ from: '/people/$ref' });
  const navigate = useNavigate({ from: '/people/$ref' });
  const { personalData } = useUser();
  const [apart, setApart] = useState<Unmerged>();
  const ref = refOf(profile.id);
  const {
    data: graph,
    error,
    refetch,
  } = api.useQuery('get', '/api/v1/profiles/{ref}/identity', {
    params: { path: { ref } },
  });
  const isPair = from !== undefined && to !== undefined;
  const path = api.useQuery(
    'get',
    '/api/v1/profiles/{ref}/identity/path',
    { params: { path: { ref }, query: { from: from ?? '', to: to ?? '' } } },
    { enabled: isPair },
  );
  if (graph === undefined) return error ? <Failed error={error} retry={() => void refetch()} /> : <Loading />;
  const choose = (key: string) => {
    const next =
      key === from
        ? { from: to }
        : key === to
          ? { from }
          : from === undefined || isPair
            ? { from: key }
            : { from, to: key };
    const kept = Object.entries(next).filter(([, value]) => value !== undefined);
    void navigate({ search: { tab: 'identity', ...Object.fromEntries(kept) }, replace: true });
  };
  const lit = new Set(isPair ? path.data?.steps.map(({ edge }) => edge.id) : []);
  return (
    <Stack gap="md">
      <UnmergeDialog profileId={profile.id} what={apart} onClose={() => setApart(undefined)} />
      {personalData ? (
        <IdentityGraph
          graph={graph}
          chosen={[from, to].flatMap((key) => key ?? [])}
          lit={lit}
          onChoose={choose}
        />
      ) : (
        <Alert color="gray" title="The picture needs values">
          You may not see personal data, and without the values of identifiers nobody could tell one from
          another. What joined them is listed below.
        </Alert>
      )}
      <Why from={from} to={to} path={path} onApart={setApart} />
      <Merges graph={graph} onApart={setApart} />
      <Refused graph={graph} />
      {graph.separations.length === 0 ? null : (
        <Paper withBorder p="md">
          <Title order={2} fz="sm" mb={6}>
            Kept apart by hand
          </Title>
          {graph.separations.map((pair) => (
            <Text key={pair.map(keyOf).join(' ')} size="sm">
              {pair.map(keyOf).join(' and ')}
            </Text>
          ))}
        </Paper>
      )}
    </Stack>
  );
}

function Why({
  from,
  to,
  path,
  onApart,
}: {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly path: {
    readonly data?:
      | {
          readonly summary: string;
          readonly steps: ReadonlyArray<{
            readonly sentence: string;
            readonly edge: { readonly id: number };
          }>;
        }
      | undefined;
    readonly error: unknown;
  };
  readonly onApart: (what: Unmerged) => void;
}) {
  const { role } = useUser();
  const isViewer = role === 'viewer';
  return (
    <Paper withBorder p="md">
      <Title order={2} fz="sm" mb={8}>
        {from !== undefined && to !== undefined ? 'Why these two are one person' : 'Why is this one person?'}
      </Title>
      {from === undefined ? (
        <Text size="sm" className="quiet">
          Choose two identifiers, and read what joins them. Choose one to take it out.
        </Text>
      ) : to === undefined ? (
        <Stack gap="xs" align="flex-start">
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {from}
          </Text>
          <Text size="sm" className="quiet">
            Choose a second one to read what joins them.
          </Text>
          <Button
            size="xs"
            variant="light"
            color="red"
            disabled={isViewer}
            onClick={() => onApart({ identifier: from })}
          >
            Take it out of this person…
          </Button>
        </Stack>
      ) : path.error ? (
        <Failed error={path.error} />
      ) : path.data === undefined ? (
        <Loading lines={3} />
      ) : (
        <Stack gap="sm" component="ol" m={0} p={0} style={{ listStyle: 'none' }}>
          {path.data.steps.length === 0 ? <Text size="sm">{path.data.summary}</Text> : null}
          {path.data.steps.map(({ sentence, edge }) => (
            <li key={edge.id}>
              <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                {sentence}
              </Text>
              <Button
                mt={4}
                size="compact-xs"
                variant="light"
                color="red"
                disabled={isViewer}
                onClick={() => onApart({ edge: edge.id })}
              >
                Undo this link…
              </Button>
            </li>
          ))}
        </Stack>
      )}
      {isViewer ? (
        <Text size="xs" className="quiet" mt="sm">
          Taking people apart is for editors.
        </Text>
      ) : null}
    </Paper>
  );
}

function Merges({ graph, onApart }: { readonly graph: Graph; readonly onApart: (what: Unmerged) => void }) {
  const nameOfSource = useSourceNames();
  const { role } = useUser();
  const merges = graph.edges.filter(({ verdict }) => verdict === 'merged');
  const links = graph.edges.filter(({ to, verdict }) => to !== null && verdict !== 'merged');
  return (
    <Paper withBorder p="md">
      <Title order={2} fz="sm" mb={6}>
        What joined them
      </Title>
      {merges.length + links.length === 0 ? (
        <Text size="sm" className="quiet">
          There is one identifier, so nothing had to be joined.
        </Text>
      ) : null}
      <Stack gap={8}>
        {[...merges, ...links].slice(0, 50).map((edge) => (
          <Group key={edge.id} justify="space-between" gap="xs" wrap="nowrap">
            <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
              {edge.verdict === 'merged' ? 'Two profiles became one' : 'Linked'}:{' '}
              {edge.identifier ? keyOf(edge.identifier) : ''}
              {edge.to ? ` with ${keyOf(edge.to)}` : ''}{' '}
              <Text span size="xs" className="quiet">
                ·{' '}
                {edge.rule === 'operator'
                  ? 'by hand'
                  : `${nameOfSource(edge.sourceId)}, by ${edge.rule.replaceAll('_', ' ')}`}{' '}
                · <Moment at={edge.at} />
              </Text>
            </Text>
            {edge.verdict === 'merged' && edge.otherProfileId !== null ? (
              <Button
                size="compact-xs"
                variant="light"
                color="red"
                disabled={role === 'viewer'}
                style={{ flexShrink: 0 }}
                onClick={() => onApart({ edge: edge.id })}
              >
                Unmerge…
              </Button>
            ) : null}
          </Group>
        ))}
      </Stack>
    </Paper>
  );
}

function Refused({ graph: { refused } }: { readonly graph: Graph }) {
  if (refused.length === 0) return null;
  return (
    <Paper withBorder p="md">
      <Title order={2} fz="sm" mb={6}>
        Refused
      </Title>
      <Stack gap={6}>
        {refused.map((one) => (
          <Text key={`${one.id} ${one.messageId} ${one.rule}`} size="sm" style={{ overflowWrap: 'anywhere' }}>
            {one.identifier ? keyOf(one.identifier) : ''}
            <Text span size="xs" className="quiet">
              {' '}
              · {one.reason ?? one.rule}
              {one.times > 1 ? ` · ${count(one.times)} times` : ''} · <Moment at={one.at} />
            </Text>
          </Text>
        ))}
      </Stack>
    </Paper>
  );
}
