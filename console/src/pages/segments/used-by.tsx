import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Segment } from './segment-types';

/** What refers to a segment, each as a link. */
export function UsedBy({ usedBy: { segments, connections } }: { readonly usedBy: Segment['usedBy'] }) {
  const links = [
    ...segments.map((id) => ({ to: `/segments/${id}`, label: id })),
    ...connections.map(({ id, name }) => ({ to: `/connections/${id}`, label: name })),
  ];
  if (links.length === 0) return 'no segment, no connection';
  return links.map(({ to, label }, index) => (
    <span key={to}>
      {index === 0 ? '' : ', '}
      <Anchor component={Link} to={to} size="xs">
        {label}
      </Anchor>
    </span>
  ));
}
