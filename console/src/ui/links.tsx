/** Links of the router that look as links and buttons do; their addresses are checked. */
import { Anchor, type AnchorProps, Button, type ButtonProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { ReactNode, Ref } from 'react';

type Inner<Props> = Omit<Props, 'href'> & {
  readonly ref?: Ref<HTMLAnchorElement>;
  readonly children?: ReactNode;
};

/** A link in text. */
export const AnchorLink = createLink((props: Inner<AnchorProps>) => <Anchor {...props} />);

/** A button that leads somewhere. */
export const ButtonLink = createLink((props: Inner<ButtonProps>) => <Button component="a" {...props} />);
