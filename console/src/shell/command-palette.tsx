import { useDebouncedValue } from '@mantine/hooks';
import { Spotlight, type SpotlightActionData, spotlight } from '@mantine/spotlight';
import { IconSearch, IconUser } from '@tabler/icons-react';
import { keepPreviousData } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { api } from '../api/client';
import { nameOf } from '../ui/person';
import { NAVIGATION } from './navigation';

/** Opens the palette. */
export const openPalette = spotlight.open;

/** Letters from which on people are looked for. */
const PEOPLE_FROM = 2;

/** Jumps anywhere by a few letters, to pages and to people: Ctrl+K, or /. */
export function CommandPalette() {
  const [query, setQuery] = useState('');
  const people = usePeopleActions(query);
  const pages = usePageActions();
  const found = people.map(({ id }) => id).join();
  useEffect(() => {
    // The library marks the first result when something is typed. People come later: Enter is to lead to them, too.
    const results = [...document.querySelectorAll('[data-action]')];
    if (found !== '' && !results.some((one) => one.hasAttribute('data-selected')))
      results[0]?.setAttribute('data-selected', 'true');
  }, [found]);
  return (
    <Spotlight
      query={query}
      onQueryChange={setQuery}
      actions={[
        {
          group: 'Pages',
          actions: pages.filter(({ label = '' }) => label.toLowerCase().includes(query.trim().toLowerCase())),
        },
        { group: 'People', actions: people },
      ]}
      // Both are found already: people by what the server knows of them.
      filter={(_, actions) => actions}
      shortcut={['mod + K', '/']}
      nothingFound="Nothing has that name, and nobody"
      highlightQuery
      searchProps={{
        leftSection: <IconSearch size={18} aria-hidden />,
        placeholder: 'Search people, or jump to…',
        'aria-label': 'Search or jump to',
      }}
    />
  );
}

function usePageActions(): SpotlightActionData[] {
  const navigate = useNavigate();
  return NAVIGATION.flatMap(({ items }) =>
    items.map(({ label, to, icon: Icon, keys }) => ({
      id: to,
      label,
      description: `Keys: ${keys}`,
      leftSection: <Icon size={18} stroke={1.7} aria-hidden />,
      onClick: () => void navigate({ to }),
    })),
  );
}

function usePeopleActions(query: string): SpotlightActionData[] {
  const navigate = useNavigate();
  const [search] = useDebouncedValue(query.trim(), 120);
  const isAsked = search.length >= PEOPLE_FROM;
  const { data } = api.useQuery(
    'get',
    '/api/v1/profiles',
    { params: { query: { search, limit: 6 } } },
    { enabled: isAsked, placeholderData: keepPreviousData },
  );
  if (!isAsked || query.trim().length < PEOPLE_FROM) return [];
  return (data?.data ?? []).map((person) => ({
    id: person.id,
    label: nameOf(person),
    description: person.identifiers
      .slice(0, 3)
      .map(({ value }) => value)
      .join(' · '),
    leftSection: <IconUser size={18} stroke={1.7} aria-hidden />,
    onClick: () => void navigate({ to: '/people/$ref', params: { ref: person.id }, search: {} }),
  }));
}
