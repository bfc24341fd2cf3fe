import { Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** Nothing is here yet: says why, and teaches the next step. */
export function Empty({
  title,
  text,
  children,
}: {
  readonly title: string;
  readonly text: ReactNode;
  readonly children?: ReactNode;
}) {
  return (
    <Paper withBorder p="xl" radius="md">
      <Stack gap="sm" align="flex-start" maw={720}>
        <Title order={2}>{title}</Title>
        <Text size="sm" className="quiet prose">
          {text}
        </Text>
        {children}
      </Stack>
    </Paper>
  );
}
