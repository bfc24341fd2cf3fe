import { Drawer } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { api } from '../../api/client';
import { pageOptions, pagesOf } from '../../api/use-pages';
import { DataTable } from '../../ui/data-table';
import { Empty } from '../../ui/empty';
import { Failed } from '../../ui/failed';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';
import { nameOf } from '../../ui/person';
import { MemberWhy } from './member-why';

/** Who is in the segment now, and for each of them why. */
export function MembersTab({ segmentId }: { readonly segmentId: string }) {
  const navigate = useNavigate();
  const { person } = useSearch({ from: '/segments/$segmentId' });
  const show = (id: string | undefined) =>
    void navigate({
      to: '/segments/$segmentId',
      params: { segmentId },
      search: { tab: 'members', ...(id === undefined ? {} : { person: id }) },
    });
  const { rows, error, refetch, more } = pagesOf(
    api.useInfiniteQuery(
      'get',
      '/api/v1/segments/{id}/members',
      { params: { path: { id: segmentId }, query: { limit: 100 } } },
      pageOptions,
    ),
  );
  if (rows === undefined) return error ? <Failed error={error} retry={refetch} /> : <Loading />;
  if (rows.length === 0)
    return (
      <Empty
        title="Nobody is in it now"
        text="Whoever fits enters by themselves: with the next event, or when the time comes."
      />
    );
  return (
    <>
      <DataTable
        label="Members"
        columns={[
          { head: 'Person', width: 'minmax(0, 1.5fr)', cell: nameOf },
          {
            head: 'Identifiers',
            width: 'minmax(0, 2fr)',
            isExtra: true,
            cell: ({ identifiers }) => (
              <span className="quiet">{identifiers.map(({ value }) => value).join(', ')}</span>
            ),
          },
          {
            head: 'Entered',
            width: '150px',
            align: 'right',
            cell: ({ enteredAt }) => <Moment at={enteredAt} />,
          },
        ]}
        rows={rows}
        idOf={({ id }) => id}
        onOpen={({ id }) => show(id)}
        more={more}
      />
      <Drawer
        opened={person !== undefined}
        onClose={() => show(undefined)}
        position="right"
        size="lg"
        title="Why is this person in it?"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {person === undefined ? null : <MemberWhy segmentId={segmentId} profileId={person} />}
      </Drawer>
    </>
  );
}
