import { Badge, Paper, Stack, Text, Title, Tooltip } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { api } from '../../api/client';
import { Failed } from '../../ui/failed';
import { count } from '../../ui/figure';
import { AnchorLink } from '../../ui/links';
import { Loading } from '../../ui/loading';
import type { DeliveryFilter, Status } from '../deliveries/delivery-filter';
import { reasonText } from '../deliveries/reasons';
import classes from './balance.module.css';

/** The books of a destination: whatever matched is somewhere. */
export function Balance({ destinationId }: { readonly destinationId: string }) {
  const { data, error, refetch } = api.useQuery(
    'get',
    '/api/v1/destinations/{id}/balance',
    { params: { path: { id: destinationId } } },
    { refetchInterval: 3_000 },
  );
  if (data === undefined)
    return error ? <Failed error={error} retry={() => void refetch()} /> : <Loading lines={2} />;
  const { matched, delivered, filtered, pending, dead, dropped } = data;
  const held = Object.values(filtered).reduce((sum, one) => sum + one, 0);
  const isEven = matched === delivered + held + pending + dead;
  const to = (status: Status) => ({ destination: destinationId, status });
  return (
    <Paper withBorder p="md" radius="md">
      <Stack gap="sm">
        <div className={classes.head}>
          <Title order={2}>Balance</Title>
          <Tooltip label="Three independent sums: counted by who decides, by who delivers, and from what lies there.">
            <Badge variant="light" color={isEven ? 'teal' : 'red'} tabIndex={0}>
              {isEven ? 'balances' : 'does not balance'}
            </Badge>
          </Tooltip>
        </div>
        <div className={classes.sum}>
          <Term label="matched" value={matched} />
          <Sign>=</Sign>
          <Term label="delivered" value={delivered} search={to('delivered')} />
          <Sign>+</Sign>
          <Term label="filtered" value={held} search={to('filtered')} />
          <Sign>+</Sign>
          <Term label="waiting" value={pending} search={to('pending')} />
          <Sign>+</Sign>
          <Term label="dead" value={dead} search={to('dead')} />
        </div>
        <div className={classes.reasons}>
          {Object.entries(filtered).map(([reason, number]) => (
            <Link
              key={reason}
              to="/deliveries"
              search={{ destination: destinationId, status: 'filtered', reason }}
              className={classes.reason}
            >
              {reasonText(reason)} <b className="number">{count(number)}</b>
            </Link>
          ))}
          {dropped === 0 ? null : (
            <Text size="xs" className="quiet">
              Of the dead, {count(dropped)} were dropped after their time.
            </Text>
          )}
          {matched === 0 ? (
            <Text size="sm" className="quiet">
              Nothing has matched a connection yet: a connection says what goes here.{' '}
              <AnchorLink to="/destinations/$destinationId/connect" params={{ destinationId }} size="sm">
                Add one
              </AnchorLink>
            </Text>
          ) : null}
        </div>
      </Stack>
    </Paper>
  );
}

function Term(props: { readonly label: string; readonly value: number; readonly search?: DeliveryFilter }) {
  const { label, value, search } = props;
  const inside = (
    <>
      <span className={classes.value}>{count(value)}</span>
      <span className={classes.label}>{label}</span>
    </>
  );
  if (search === undefined) return <span className={classes.term}>{inside}</span>;
  return (
    <Link to="/deliveries" search={search} className={classes.term}>
      {inside}
    </Link>
  );
}

function Sign({ children }: { readonly children: ReactNode }) {
  return (
    <span className={classes.sign} aria-hidden>
      {children}
    </span>
  );
}
