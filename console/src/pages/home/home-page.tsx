import { Anchor, Grid, SimpleGrid, Stack } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { api } from '../../api/client';
import { useUser } from '../../api/use-session';
import { ArrivalsChart } from '../../ui/arrivals-chart';
import { Empty } from '../../ui/empty';
import { Failed } from '../../ui/failed';
import { count, Figure } from '../../ui/figure';
import { Loading } from '../../ui/loading';
import { Page } from '../../ui/page';
import { Snippet } from '../../ui/snippet';
import { Books, type ShownTally } from './books';
import { ChangesToday } from './changes-today';
import { IsWell } from './is-well';

/** Is everything well? */
export function HomePage() {
  const {
    data: ledger,
    error,
    refetch,
  } = api.useQuery('get', '/api/v1/ledger', undefined, {
    refetchInterval: 3_000,
  });
  return (
    <Page title="Home" text="What comes in, what became of it, and whether all is well.">
      {ledger === undefined ? (
        error ? (
          <Failed error={error} retry={() => void refetch()} />
        ) : (
          <Loading lines={9} height={30} />
        )
      ) : (
        <>
          <IsWell />
          {ledger.total.received === 0 ? <FirstEvent /> : <Running tally={ledger.total} />}
        </>
      )}
    </Page>
  );
}

function Running({ tally }: { readonly tally: ShownTally }) {
  const { span } = useSearch({ from: '/' });
  const navigate = useNavigate({ from: '/' });
  const user = useUser();
  return (
    <>
      <Figures pending={tally.pending} />
      <ArrivalsChart
        span={span}
        onSpan={(chosen) => void navigate({ search: { span: chosen }, replace: true })}
      />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: user.role === 'owner' ? 7 : 12 }}>
          <Books tally={tally} />
        </Grid.Col>
        {user.role === 'owner' ? (
          <Grid.Col span={{ base: 12, lg: 5 }}>
            <ChangesToday />
          </Grid.Col>
        ) : null}
      </Grid>
    </>
  );
}

function Figures({ pending }: { readonly pending: number }) {
  const { data: overview } = api.useQuery('get', '/api/v1/overview', undefined, { refetchInterval: 10_000 });
  const { data: hour } = api.useQuery(
    'get',
    '/api/v1/arrivals',
    { params: { query: { span: 'hour' } } },
    { refetchInterval: 5_000 },
  );
  const latency = overview?.latency;
  // The newest minute is not over.
  const minutes = hour?.buckets.slice(-6, -1).map(({ events }) => events) ?? [];
  const perMinute = minutes.reduce((sum, events) => sum + events, 0) / 5;
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
      <Figure
        label="Events a minute"
        value={
          hour === undefined
            ? '…'
            : count(perMinute < 10 ? Math.round(perMinute * 10) / 10 : Math.round(perMinute))
        }
        note={hour === undefined ? '' : `${count(hour.total)} in the last hour`}
      />
      <Figure
        label="People"
        value={overview === undefined ? '…' : count(overview.people)}
        note="Profiles, merged ones once"
      />
      <Figure
        label="From receipt to profile"
        value={overview === undefined ? '…' : latency ? duration(latency.p95Ms) : '–'}
        note={
          latency
            ? `95 of 100 are faster; half within ${duration(latency.p50Ms)}`
            : 'Nothing came in since the server started'
        }
      />
      <Figure
        label="Waiting"
        value={count(pending)}
        note={pending === 0 ? 'All that came is processed' : 'In the log, next in turn'}
      />
    </SimpleGrid>
  );
}

function FirstEvent() {
  return (
    <Empty
      title="Send the first event"
      text={
        <>
          Create a{' '}
          <Anchor component={Link} to="/sources" size="sm">
            source
          </Anchor>{' '}
          and paste its snippet, or{' '}
          <Anchor component={Link} to="/imports/new" size="sm">
            import a file
          </Anchor>
          . To look around first, fill the place with a believable shop. In the folder of Tributary, with the
          admin token that was printed when the server first started:
        </>
      }
    >
      <Stack w="100%">
        <Snippet
          text={`TRIBUTARY_ADMIN_TOKEN=trb_... npx tributary demo --url ${window.location.origin}`}
          label="demo"
        />
      </Stack>
    </Empty>
  );
}

function duration(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 100) / 10} s`;
}
