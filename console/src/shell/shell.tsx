import { ActionIcon, AppShell, Burger, Group, ScrollArea, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import { SignInGate } from '../sign-in/sign-in-gate';
import { CommandPalette, openPalette } from './command-palette';
import { Logo } from './logo';
import { Navigation } from './navigation-list';
import classes from './shell.module.css';
import { useShortcuts } from './use-shortcuts';
import { UserMenu } from './user-menu';

/** The frame around all pages, shown to who is signed in. */
export function Shell() {
  return (
    <SignInGate>
      <Frame />
    </SignInGate>
  );
}

function Frame() {
  const [isOpen, { toggle, close }] = useDisclosure();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  useShortcuts();
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever arrives at a page wants to see it, not the menu.
  useEffect(close, [path]);
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 216, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding={{ base: 'md', sm: 'xl' }}
    >
      <a href="#content" className={classes.skip}>
        Skip to content
      </a>
      <AppShell.Header className={classes.header}>
        <Group gap="sm" wrap="nowrap">
          <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Menu" />
          <Logo />
        </Group>
        <UnstyledButton className={classes.search} onClick={openPalette} visibleFrom="xs">
          <IconSearch size={15} aria-hidden />
          <Text size="sm" span>
            Search or jump to…
          </Text>
          <kbd className={classes.key}>{isMac() ? '⌘' : 'Ctrl'} K</kbd>
        </UnstyledButton>
        <Group gap="xs" wrap="nowrap">
          <ActionIcon variant="subtle" color="gray" hiddenFrom="xs" onClick={openPalette} aria-label="Search">
            <IconSearch size={18} />
          </ActionIcon>
          <UserMenu />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className={classes.navbar}>
        <AppShell.Section grow component={ScrollArea} type="never">
          <Navigation />
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} className={classes.main}>
        <div className={classes.page}>
          <Outlet />
        </div>
      </AppShell.Main>
      <CommandPalette />
    </AppShell>
  );
}

function isMac(): boolean {
  return navigator.userAgent.includes('Mac');
}
