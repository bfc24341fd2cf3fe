import { Anchor, Breadcrumbs, Group, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';

/** The frame of a page: its title, a sentence, what can be done, and the way up. */
export function Page({
  title,
  text,
  actions,
  up,
  children,
}: {
  readonly title: string;
  readonly text?: ReactNode;
  readonly actions?: ReactNode;
  readonly up?: { readonly label: string; readonly to: string };
  readonly children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Tributary`;
  }, [title]);
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-start" gap="sm">
        <div>
          {up === undefined ? null : (
            <Breadcrumbs mb={4} fz="sm">
              <Anchor component={Link} to={up.to} size="sm">
                {up.label}
              </Anchor>
            </Breadcrumbs>
          )}
          <Title order={1}>{title}</Title>
          {text === undefined ? null : (
            <Text size="sm" className="quiet prose" maw={720}>
              {text}
            </Text>
          )}
        </div>
        {actions === undefined || actions === null ? null : <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}
