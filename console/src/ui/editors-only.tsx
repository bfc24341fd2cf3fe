import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useUser } from '../api/use-session';

/** What editors may do with a thing; others are told that they may not. */
export function EditorsOnly({ children }: { readonly children: ReactNode }) {
  if (useUser().role !== 'viewer') return children;
  return (
    <Text size="xs" className="quiet">
      Editors may change it.
    </Text>
  );
}
