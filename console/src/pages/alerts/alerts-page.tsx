import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client';
import { useUser } from '../../api/use-session';
import { useSourceNames } from '../../api/use-source-names';
import { type Column, DataTable } from '../../ui/data-table';
import { Empty } from '../../ui/empty';
import { Failed } from '../../ui/failed';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';
import { Page } from '../../ui/page';
import { useNames } from '../deliveries/use-names';
import type { Rule } from './alert-fields';
import { RuleDrawer } from './rule-drawer';
import { EditRule, type RuleForm } from './rule-form';
import { RuleState } from './rule-state';
import { figureOf, whenFires, whoIsTold } from './rule-words';

/** About as often as rules look. */
const AGAIN_MS = 10_000;

/** Rules by which somebody is told that deliveries are not as they should be, or that a source fell silent. */
export function AlertsPage() {
  const [begun, setBegun] = useState<RuleForm>();
  const mayChange = useUser().role !== 'viewer';
  return (
    <Page
      title="Alerts"
      text="Who is told when deliveries fail, pile up or get old, or when a source falls silent: once when it begins, and once when it is over."
      actions={
        mayChange ? (
          <Button
            leftSection={<IconPlus size={16} />}
            onClick={() => setBegun({ rule: undefined, isNew: true })}
          >
            New alert rule
          </Button>
        ) : null
      }
    >
      {begun === undefined ? null : <EditRule form={begun} onClose={() => setBegun(undefined)} />}
      <RuleList mayChange={mayChange} onForm={setBegun} />
    </Page>
  );
}

function RuleList({
  mayChange,
  onForm,
}: {
  readonly mayChange: boolean;
  readonly onForm: (form: RuleForm) => void;
}) {
  const navigate = useNavigate();
  const { rule: shown } = useSearch({ from: '/alerts' });
  const show = (rule: string | undefined) =>
    void navigate({ to: '/alerts', search: rule === undefined ? {} : { rule } });
  const [nameOf, nameOfSource] = [useNames(), useSourceNames()];
  const { data, error, refetch } = api.useQuery('get', '/api/v1/alert-rules', undefined, {
    refetchInterval: AGAIN_MS,
  });
  if (data === undefined) return error ? <Failed error={error} retry={() => void refetch()} /> : <Loading />;
  if (data.data.length === 0)
    return (
      <Empty
        title="No alert rules yet"
        text="A rule looks at one destination or at all, or at a source, about every 15 seconds, and sends a message to an address of yours, or an e-mail. Begin with the share of attempts that fail: it tells of most that can go wrong."
      >
        {mayChange ? (
          <Button onClick={() => onForm({ rule: undefined, isNew: true })}>Make the first rule</Button>
        ) : null}
      </Empty>
    );
  const columns: ReadonlyArray<Column<Rule>> = [
    { head: 'State', width: '98px', cell: (rule) => <RuleState rule={rule} /> },
    { head: 'Name', width: 'minmax(0, 1.6fr)', cell: ({ name }) => name },
    {
      head: 'Fires when',
      width: 'minmax(0, 2.2fr)',
      isExtra: true,
      cell: (rule) => <span title={whenFires(rule)}>{whenFires(rule)}</span>,
    },
    {
      head: 'Looks at',
      width: 'minmax(0, 1.2fr)',
      isExtra: true,
      cell: ({ source, destination }) =>
        source !== undefined ? (
          nameOfSource(source)
        ) : destination === undefined ? (
          <span className="quiet">any destination</span>
        ) : (
          (nameOf(destination) ?? destination)
        ),
    },
    {
      head: 'Now',
      width: '84px',
      align: 'right',
      cell: (rule) => <span className="number">{figureOf(rule)}</span>,
    },
    {
      head: 'Since',
      width: '120px',
      align: 'right',
      isExtra: true,
      cell: ({ firingSince }) => <Moment at={firingSince} />,
    },
    {
      head: 'Tells',
      width: 'minmax(0, 1fr)',
      isExtra: true,
      cell: (rule) => <span className="quiet">{whoIsTold(rule)}</span>,
    },
  ];
  return (
    <>
      <DataTable
        label="Alert rules"
        columns={columns}
        rows={data.data}
        idOf={({ id }) => id}
        onOpen={({ id }) => show(id)}
      />
      <RuleDrawer
        rule={data.data.find(({ id }) => id === shown)}
        nameOf={nameOf}
        onForm={(form) => {
          show(undefined);
          onForm(form);
        }}
        onClose={() => show(undefined)}
      />
    </>
  );
}
