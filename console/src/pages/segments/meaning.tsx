import { Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Snippet } from '../../ui/snippet';

/** A definition for people: in English, and as text. */
export function Meaning({
  title,
  english,
  text,
  children,
}: {
  readonly title: string;
  readonly english: string;
  readonly text: string;
  /** Below both. */
  readonly children?: ReactNode;
}) {
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Title order={2}>{title}</Title>
        <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
          {english}
        </Text>
        <Snippet text={text.trimEnd()} label="the definition as text" />
        {children}
      </Stack>
    </Paper>
  );
}
