import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPin } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client';
import { useUser } from '../../api/use-session';
import { Failed } from '../../ui/failed';
import { FormError } from '../../ui/form-error';
import { Loading } from '../../ui/loading';
import { tell } from '../../ui/tell';
import { type Card, type Dashboard, givenQuestion, type Question, titleFor, widthFor } from './question';
import { rememberDashboard } from './use-change';

/** As many as one page of the list may have. */
const DASHBOARDS_MAX = 500;
const NEW = 'new';

/** Keeps a question on a dashboard. Without one, as it is not whole yet, it waits for it. */
export function PinButton({ question }: { readonly question: Question | undefined }) {
  const [isOpen, { open, close }] = useDisclosure();
  if (useUser().role === 'viewer') return null;
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconPin size={16} />}
        disabled={question === undefined}
        onClick={open}
      >
        Pin to a dashboard
      </Button>
      <Modal opened={isOpen && question !== undefined} onClose={close} title="Pin to a dashboard">
        {question === undefined ? null : <PinForm question={question} onClose={close} />}
      </Modal>
    </>
  );
}

function PinForm({ question, onClose }: { readonly question: Question; readonly onClose: () => void }) {
  const [title, setTitle] = useState(() => titleFor(question).slice(0, 200));
  const [chosen, setChosen] = useState<string>();
  const [name, setName] = useState('');
  const { data, error, refetch } = api.useQuery('get', '/api/v1/dashboards', {
    params: { query: { limit: DASHBOARDS_MAX } },
  });
  const pin = usePin(onClose);
  if (data === undefined)
    return error ? <Failed error={error} retry={() => void refetch()} /> : <Loading lines={3} />;
  // Mostly it is the one that was worked on last.
  const [last] = data.data.toSorted((a, b) => b.changedAt.localeCompare(a.changedAt));
  const to = chosen ?? last?.id ?? NEW;
  const card = { title: title.trim(), question: givenQuestion(question), width: widthFor(question) };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        pin.mutate(to === NEW ? { name: name.trim(), card } : { id: to, card });
      }}
    >
      <Stack gap="sm">
        <FormError error={pin.error} />
        <TextInput
          label="Title"
          description="The question is kept, not the answer: it is asked anew whenever somebody looks."
          required
          maxLength={200}
          data-autofocus
          value={title}
          onChange={({ currentTarget }) => setTitle(currentTarget.value)}
        />
        {data.data.length === 0 ? null : (
          <Select
            label="Dashboard"
            allowDeselect={false}
            searchable
            data={[
              ...data.data.map(({ id, name: label }) => ({ value: id, label })),
              { value: NEW, label: 'A new one…' },
            ]}
            value={to}
            onChange={(next) => setChosen(next ?? undefined)}
          />
        )}
        {to === NEW ? (
          <TextInput
            label="Name of the new dashboard"
            placeholder="Monday morning"
            required
            maxLength={200}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
        ) : null}
        <Group justify="flex-end" mt="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={pin.isPending}>
            Pin
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

type Pin = { readonly card: Omit<Card, 'id'> } & ({ readonly id: string } | { readonly name: string });

/** Pins to a dashboard that is there, or to a new one. */
function usePin(onDone: () => void) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const onSuccess = (dashboard: Dashboard) => {
    rememberDashboard(queries, dashboard);
    onDone();
    tell(`Pinned to ${dashboard.name}.`, {
      label: 'Open it',
      go: () => void navigate({ to: '/dashboards/$dashboardId', params: { dashboardId: dashboard.id } }),
    });
  };
  const options = { meta: { quiet: true }, onSuccess };
  const add = api.useMutation('post', '/api/v1/dashboards/{id}/cards', options);
  const create = api.useMutation('post', '/api/v1/dashboards', options);
  return {
    error: add.error ?? create.error,
    isPending: add.isPending || create.isPending,
    mutate({ card, ...to }: Pin) {
      add.reset();
      create.reset();
      if ('id' in to) add.mutate({ params: { path: { id: to.id } }, body: card });
      else create.mutate({ body: { name: to.name, cards: [card] } });
    },
  };
}
