import { Anchor, SimpleGrid, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { api } from '../../api/client';
import { Empty } from '../../ui/empty';
import { Failed } from '../../ui/failed';
import { count, Figure } from '../../ui/figure';
import { Loading } from '../../ui/loading';
import { Page } from '../../ui/page';

/** Is everything well? */
export function HomePage() {
  const { data, error, refetch } = api.useQuery('get', '/api/v1/ledger', undefined, {
    refetchInterval: 3_000,
  });
  if (data === undefined) return error ? <Failed error={error} retry={() => void refetch()} /> : <Loading />;
  const { received, processed, duplicate, pending, rejected } = data.total;
  const refused = Object.values(rejected).reduce((sum, one) => sum + one, 0);
  return (
    <Page title="Home" text="Everything that came in, and what became of it.">
      {received === 0 ? (
        <Empty
          title="Send the first event"
          text={
            <>
              Create a{' '}
              <Anchor component={Link} to="/sources" size="sm">
                source
              </Anchor>{' '}
              and paste its snippet, or fill the place with a believable shop: <code>npx tributary demo</code>
            </>
          }
        />
      ) : null}
      <SimpleGrid cols={{ base: 2, md: 5 }} spacing="sm">
        <Figure label="Received" value={count(received)} />
        <Figure label="Processed" value={count(processed)} />
        <Figure label="Duplicates" value={count(duplicate)} />
        <Figure label="Refused" value={count(refused)} />
        <Figure label="Waiting" value={count(pending)} />
      </SimpleGrid>
      <Text size="sm" className="quiet">
        Received = processed + duplicates + refused + waiting: it always balances.
      </Text>
    </Page>
  );
}
