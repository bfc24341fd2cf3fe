import { Button, CloseButton, Group, Pill, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { api } from '../../api/client';
import { ButtonLink } from '../../ui/links';
import { Page } from '../../ui/page';
import { type DeliveryFilter, STATUSES } from './delivery-filter';
import { DeliveryList } from './delivery-list';
import { statusText } from './delivery-status';
import { reasonText } from './reasons';
import { RetryAll } from './retry-all';
import { useNames } from './use-names';

const TYPED_MS = 300;

/** Everything that is to be sent, was sent, or was held back. */
export function DeliveriesPage() {
  const filter = useSearch({ from: '/deliveries' });
  const navigate = useNavigate({ from: '/deliveries' });
  const change = (next: DeliveryFilter) => void navigate({ search: { ...filter, ...next }, replace: true });
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const canRetry = filter.status === 'dead' || filter.status === 'retried';
  return (
    <Page
      title="Deliveries"
      text="One for each event, or change of a segment, and connection; each under a key that never changes."
      actions={canRetry ? <RetryAll filter={filter} /> : null}
    >
      <Filters filter={filter} onChange={change} />
      <DeliveryList
        filter={filter}
        empty={
          isFiltered
            ? {
                title: 'None match',
                text: 'No delivery matches all of the filter.',
                children: (
                  <Button variant="default" onClick={() => void navigate({ search: {} })}>
                    Show all
                  </Button>
                ),
              }
            : {
                title: 'No deliveries yet',
                text: 'As soon as an event matches a connection of a destination, what becomes of it is here, with each attempt.',
                children: <ButtonLink to="/destinations">To the destinations</ButtonLink>,
              }
        }
      />
    </Page>
  );
}

function Filters({
  filter,
  onChange,
}: {
  readonly filter: DeliveryFilter;
  readonly onChange: (filter: DeliveryFilter) => void;
}) {
  const { data } = api.useQuery('get', '/api/v1/destinations', { params: { query: { limit: 500 } } });
  const nameOf = useNames();
  const typed = useDebouncedCallback(onChange, TYPED_MS);
  const chips = [
    ['connection', filter.connection && `connection ${nameOf(filter.connection) ?? filter.connection}`],
    ['reason', filter.reason && reasonText(filter.reason)],
    ['segment', filter.segment && `segment ${filter.segment}`],
  ] as const;
  return (
    <Group gap="sm" className="filters">
      <SegmentedControl
        size="xs"
        aria-label="State"
        data={[
          { value: '', label: 'All' },
          ...STATUSES.map((value) => ({ value, label: statusText(value) })),
        ]}
        value={filter.status ?? ''}
        onChange={(chosen) => onChange({ status: STATUSES.find((one) => one === chosen) })}
      />
      <Select
        size="xs"
        aria-label="Destination"
        placeholder="All destinations"
        data={(data?.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        value={filter.destination ?? null}
        clearable
        searchable
        onChange={(chosen) => onChange({ destination: chosen ?? undefined, connection: undefined })}
      />
      <TextInput
        size="xs"
        w={210}
        aria-label="Person"
        placeholder="Person: user_id:42"
        defaultValue={filter.profile ?? ''}
        onChange={({ currentTarget }) => typed({ profile: personIn(currentTarget.value) })}
      />
      <TextInput
        size="xs"
        w={180}
        aria-label="messageId"
        placeholder="messageId"
        defaultValue={filter.messageId ?? ''}
        onChange={({ currentTarget }) => typed({ messageId: currentTarget.value || undefined })}
      />
      {chips.map(([name, text]) =>
        text ? (
          <Pill key={name} component="div" size="md">
            <Group gap={2} wrap="nowrap">
              {text}
              <CloseButton
                size="xs"
                aria-label={`Without ${text}`}
                onClick={() => onChange({ [name]: undefined })}
              />
            </Group>
          </Pill>
        ) : null,
      )}
    </Group>
  );
}

/** A half-typed reference names nobody: the API would say so with each key. */
function personIn(text: string): string | undefined {
  return /^\w+:.+/.test(text.trim()) ? text.trim() : undefined;
}
