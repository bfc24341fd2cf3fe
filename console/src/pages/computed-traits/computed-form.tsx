import { Button, Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from '../segments/builder/builder.module.css';
import { DefinitionText } from '../segments/builder/definition-text';
import type { ComputedDraft } from './use-computed-draft';

const EXAMPLES = [
  { label: 'How often', text: 'count of "Order Completed" in the last 90 days' },
  { label: 'A sum', text: 'sum of properties.total of "Order Completed"' },
  {
    label: 'An average',
    text: 'sum of properties.total of "Order Completed" divided by count of "Order Completed"',
  },
  { label: 'A favourite', text: 'most frequent properties.category of "Product Viewed"' },
  { label: 'How long ago', text: 'days since the last "Order Completed"' },
] as const;

/** What a computed trait is made of, as text and in words. */
export function ComputedForm({
  draft: { text, setText, understood, fault },
  children,
}: {
  readonly draft: ComputedDraft;
  /** Above the text: its name. */
  readonly children: ReactNode;
}) {
  return (
    <div className={classes.columns}>
      <Stack gap="sm" miw={0}>
        {children}
        <DefinitionText
          text={text}
          fault={fault}
          note="checked while you write"
          placeholder={EXAMPLES[0].text}
          onChange={setText}
        />
      </Stack>
      <div className={classes.side}>
        <Paper withBorder p="md">
          <Title order={2} fz="sm" mb={6}>
            In words
          </Title>
          <Text size="sm" className={understood === undefined ? 'quiet' : undefined} role="status">
            {understood?.english ??
              (fault === undefined
                ? 'You see here what it means while you write.'
                : 'It cannot be read yet.')}
          </Text>
        </Paper>
        <Paper withBorder p="md">
          <Title order={2} fz="sm" mb={6}>
            Begin with
          </Title>
          <Stack gap={4} align="flex-start" ml={-8}>
            {EXAMPLES.map(({ label, text: example }) => (
              <Button
                key={label}
                variant="subtle"
                size="compact-sm"
                title={example}
                onClick={() => setText(example)}
              >
                {label}
              </Button>
            ))}
          </Stack>
        </Paper>
      </div>
    </div>
  );
}
