import { useNavigate } from '@tanstack/react-router';
import { api } from '../../api/client';
import { type Column, DataTable } from '../../ui/data-table';
import { Empty } from '../../ui/empty';
import { Failed } from '../../ui/failed';
import { count } from '../../ui/figure';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';

/** Profiles that want more identifiers than they may have: shared logins, tests, programs. */
export function CrowdedTab() {
  const navigate = useNavigate();
  const { data, error, refetch } = api.useQuery('get', '/api/v1/identity/crowded', {
    params: { query: { limit: 200 } },
  });
  if (data === undefined) return error ? <Failed error={error} retry={() => void refetch()} /> : <Loading />;
  if (data.data.length === 0)
    return (
      <Empty
        title="No crowded profiles"
        text="A profile is crowded when it wants more identifiers of a kind than the rules let it have, as shared logins and test users do."
      />
    );
  const columns: ReadonlyArray<Column<(typeof data.data)[number]>> = [
    { head: 'Profile', width: 'minmax(0, 1.6fr)', cell: ({ profileId }) => <code>{profileId}</code> },
    { head: 'Kind', cell: ({ kind }) => kind },
    {
      head: 'Refused',
      align: 'right',
      width: '110px',
      cell: ({ refused }) => <span className="number">{count(refused)}</span>,
    },
    {
      head: 'Last',
      align: 'right',
      width: '130px',
      isExtra: true,
      cell: ({ lastAt }) => <Moment at={lastAt} />,
    },
  ];
  return (
    <DataTable
      label="Crowded profiles"
      columns={columns}
      rows={data.data}
      idOf={({ profileId, kind }) => `${profileId} ${kind}`}
      onOpen={({ profileId }) =>
        void navigate({ to: '/people/$ref', params: { ref: profileId }, search: { tab: 'identity' } })
      }
    />
  );
}
