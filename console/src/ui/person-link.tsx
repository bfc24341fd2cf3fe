import { api } from '../api/client';
import { AnchorLink } from './links';
import { nameOf } from './person';

/** What somebody is called whose id alone is known: the beginning of it until the name is there, and where there is none. */
export function PersonName({ id }: { readonly id: string }) {
  const { data } = api.useQuery(
    'get',
    '/api/v1/profiles/{ref}',
    { params: { path: { ref: `id:${id}` } } },
    { staleTime: 60_000 },
  );
  return data === undefined ? `${id.slice(0, 8)}…` : nameOf(data);
}

/** The same, as the way to the profile. */
export function PersonLink({ id }: { readonly id: string }) {
  return (
    <AnchorLink to="/people/$ref" params={{ ref: id }} search={{}} size="sm">
      <PersonName id={id} />
    </AnchorLink>
  );
}
