import { Title } from '@mantine/core';
import { createContext, type ReactNode, useContext } from 'react';

const IsWithin = createContext(false);

/** How a picture or a table is framed: with a line around it, unless what it stands in has one already. */
export function useFrame(): {
  readonly withBorder: boolean;
  readonly p: string | number;
  readonly bg?: string;
} {
  return useContext(IsWithin)
    ? { withBorder: false, p: 0, bg: 'transparent' }
    : { withBorder: true, p: 'md' };
}

/** Something that has a frame and a title of its own: what is in it has no frame, and smaller titles. */
export function Frameless({ children }: { readonly children: ReactNode }) {
  return <IsWithin value={true}>{children}</IsWithin>;
}

/** The title of something framed. */
export function FrameTitle({ order, children }: { readonly order: 2 | 3; readonly children: ReactNode }) {
  if (!useContext(IsWithin)) return <Title order={order}>{children}</Title>;
  return (
    <Title order={3} fz="sm" fw={500} className="quiet">
      {children}
    </Title>
  );
}
