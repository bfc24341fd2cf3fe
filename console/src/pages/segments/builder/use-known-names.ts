import { api } from '../../../api/client';
import type { Selector } from './definition';

/** Fields of an event that stand for themselves. */
const EVENT_FIELDS = [
  ...([
    'country',
    'region',
    'city',
    'browser',
    'os',
    'deviceType',
    'referrerHost',
    'name',
    'sourceId',
  ] as const),
  ...(['campaignSource', 'campaignMedium', 'campaignName', 'campaignTerm', 'campaignContent'] as const),
  ...(['userId', 'groupId'] as const),
];

/** Names that definitions can speak of, as suggestions; empty until they are there. */
export function useKnownNames() {
  const { data } = api.useQuery('get', '/api/v1/schema', undefined, { staleTime: 60_000 });
  const { events = [], traits = [], computedTraits = [], accountTraits = [], purposes = [] } = data ?? {};
  const namesOf = (type: string) =>
    events.filter((one) => one.type === type && one.name !== '').map(({ name }) => name);
  return {
    ...{ namesOf, accountTraits, purposes },
    traits: [...computedTraits, ...traits],
    /** Fields of the events that a selector may mean. */
    fieldsOf({ event, type, name }: Selector): string[] {
      const meant = events.filter(
        (one) =>
          (event === undefined && type === undefined) ||
          ((event !== undefined ? one.type === 'track' && one.name === event : one.type === type) &&
            (name === undefined || one.name === name)),
      );
      const properties = new Set(meant.flatMap((one) => one.properties));
      return [...[...properties].sort().map((path) => `properties.${path}`), ...EVENT_FIELDS];
    },
  };
}
