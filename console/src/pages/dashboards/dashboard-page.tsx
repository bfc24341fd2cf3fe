import { Button, VisuallyHidden } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPencil, IconRefresh } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client';
import { Awaited } from '../../ui/awaited';
import { Confirm } from '../../ui/confirm';
import { EditorsOnly } from '../../ui/editors-only';
import { Empty } from '../../ui/empty';
import { counted } from '../../ui/figure';
import { ButtonLink } from '../../ui/links';
import { Page } from '../../ui/page';
import classes from './dashboard.module.css';
import { DashboardCard } from './dashboard-card';
import { NameForm } from './name-form';
import type { Dashboard } from './question';
import { useChange } from './use-change';
import { useDeeds } from './use-deeds';
import { useTurns } from './use-turns';

/** The questions of a dashboard, each with its answer as of now. */
export function DashboardPage() {
  const { dashboardId } = useParams({ from: '/dashboards/$dashboardId' });
  const { data, error, refetch } = api.useQuery('get', '/api/v1/dashboards/{id}', {
    params: { path: { id: dashboardId } },
  });
  const again = useAskAgain();
  if (data === undefined)
    return (
      <Awaited
        title="Dashboard"
        up={{ label: 'Dashboards', to: '/dashboards' }}
        error={error}
        retry={() => void refetch()}
      />
    );
  return (
    <Page
      title={data.name}
      text={data.description === '' ? undefined : data.description}
      up={{ label: 'Dashboards', to: '/dashboards' }}
      actions={<Actions dashboard={data} onAsk={again.ask} />}
    >
      {data.cards.length === 0 ? (
        <NothingPinned />
      ) : (
        <Cards key={`${data.id} ${again.round}`} dashboard={data} />
      )}
    </Page>
  );
}

/** Asks all questions of a page anew: what was answered is forgotten, and `round` says that it begins once more. */
function useAskAgain() {
  const queries = useQueryClient();
  const [round, setRound] = useState(0);
  const isQuestion = (path: unknown) => /^\/api\/v1\/(insights\/|query$)/.test(String(path));
  return {
    round,
    ask() {
      setRound(round + 1);
      queries.removeQueries({ predicate: ({ queryKey }) => isQuestion(queryKey[1]) });
    },
  };
}

function Cards({ dashboard }: { readonly dashboard: Dashboard }) {
  const { cards } = dashboard;
  const turnOf = useTurns(cards.map(({ id }) => id));
  const deeds = useDeeds(dashboard);
  return (
    <>
      <div className={classes.cards}>
        {cards.map((card) => (
          <DashboardCard key={card.id} card={card} turn={turnOf(card.id)} deeds={deeds} />
        ))}
      </div>
      <VisuallyHidden role="status">{deeds.said}</VisuallyHidden>
    </>
  );
}

function NothingPinned() {
  return (
    <Empty
      title="Nothing is pinned yet"
      text="Ask something, then choose “Pin to a dashboard” above the answer. The question is kept, and asked anew whenever somebody looks."
    >
      <ButtonLink to="/insights">Ask in Insights</ButtonLink>
    </Empty>
  );
}

function Actions({ dashboard, onAsk }: { readonly dashboard: Dashboard; readonly onAsk: () => void }) {
  return (
    <>
      {dashboard.cards.length === 0 ? null : (
        <Button variant="default" leftSection={<IconRefresh size={16} />} onClick={onAsk}>
          Ask again
        </Button>
      )}
      <EditorsOnly>
        <ChangeDashboard dashboard={dashboard} />
      </EditorsOnly>
    </>
  );
}

function ChangeDashboard({ dashboard: { id, name, description, cards } }: { readonly dashboard: Dashboard }) {
  const [isNaming, { open, close }] = useDisclosure();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { change, isPending } = useChange(id);
  const remove = api.useMutation('delete', '/api/v1/dashboards/{id}', {
    onSuccess() {
      void queries.invalidateQueries({ queryKey: ['get', '/api/v1/dashboards'] });
      void navigate({ to: '/dashboards' });
    },
  });
  return (
    <>
      <Button variant="default" leftSection={<IconPencil size={16} />} onClick={open}>
        Edit
      </Button>
      <Confirm
        label="Delete"
        title={`Delete ${name}?`}
        text={`Its ${counted(cards.length, 'question')} will be gone, not what they ask about. This cannot be undone.`}
        isPending={remove.isPending}
        onConfirm={() => remove.mutate({ params: { path: { id } } })}
      />
      {isNaming ? (
        <NameForm
          title="Edit the dashboard"
          label="Name"
          name={name}
          about={description}
          save="Save"
          isPending={isPending}
          onSave={(nextName, about) => change(() => ({ name: nextName, description: about }), close)}
          onClose={close}
        />
      ) : null}
    </>
  );
}
