import { useNavigate, useSearch } from '@tanstack/react-router';
import { api } from '../../../api/client';
import { pageOptions, pagesOf } from '../../../api/use-pages';
import { Timeline, type TimelineFilter, typeAndName } from '../../../ui/timeline/timeline';
import { type Profile, refOf } from '../person-types';

/** How long ago events may be, in hours. */
const PERIODS: Readonly<Record<string, number>> = { day: 24, week: 168, month: 720 };

/** What the person did, newest first, with what came of it. */
export function TimelineTab({ profile }: { readonly profile: Profile }) {
  const { event, since } = useSearch({ from: '/people/$ref' });
  const navigate = useNavigate({ from: '/people/$ref' });
  const hours = since === undefined ? undefined : PERIODS[since];
  // To the hour, so that asking again asks the same.
  const from = hours && new Date(Math.floor(Date.now() / 3_600_000 - hours) * 3_600_000).toISOString();
  const query = { limit: 100, ...typeAndName(event), ...(from ? { from } : {}) };
  const pages = pagesOf(
    api.useInfiniteQuery(
      'get',
      '/api/v1/profiles/{ref}/events',
      { params: { path: { ref: refOf(profile.id) }, query } },
      pageOptions,
    ),
  );
  const change = (filter: TimelineFilter) =>
    void navigate({
      search: {
        tab: 'timeline',
        ...(filter.event ? { event: filter.event } : {}),
        ...(filter.since ? { since: filter.since } : {}),
      },
      replace: true,
    });
  return (
    <Timeline
      pages={pages}
      filter={{ event, since }}
      onFilter={change}
      names={Object.keys(profile.eventCounts.byName).sort()}
      periods={Object.keys(PERIODS)}
    />
  );
}
