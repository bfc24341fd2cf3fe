import { Spotlight, type SpotlightActionData, spotlight } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { NAVIGATION } from './navigation';

/** Opens the palette. */
export const openPalette = spotlight.open;

/** Jumps anywhere by a few letters: Ctrl+K, or /. */
export function CommandPalette() {
  const navigate = useNavigate();
  const actions: SpotlightActionData[] = NAVIGATION.flatMap(({ items }) =>
    items.map(({ label, to, icon: Icon, keys }) => ({
      id: to,
      label,
      description: `Keys: ${keys}`,
      leftSection: <Icon size={18} stroke={1.7} aria-hidden />,
      onClick: () => void navigate({ to }),
    })),
  );
  return (
    <Spotlight
      actions={actions}
      shortcut={['mod + K', '/']}
      nothingFound="Nothing has that name"
      highlightQuery
      searchProps={{
        leftSection: <IconSearch size={18} aria-hidden />,
        placeholder: 'Search or jump to…',
        'aria-label': 'Search or jump to',
      }}
    />
  );
}
