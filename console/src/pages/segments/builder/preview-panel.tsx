import { Accordion, Group, Loader, Paper, Progress, Stack, Text } from '@mantine/core';
import { keepPreviousData } from '@tanstack/react-query';
import { api } from '../../../api/client';
import { Failed } from '../../../ui/failed';
import { count } from '../../../ui/figure';
import { nameOf } from '../../../ui/person';
import { Explanation, type ExplanationNode } from '../../people/profile/explanation';
import classes from './builder.module.css';

const SAMPLE = 6;

/** Whom a definition means now: how many, some of them, and why they are. */
export function PreviewPanel({
  text,
  sizeNow,
}: {
  /** The definition; undefined while there is none that can be asked. */
  readonly text: string | undefined;
  /** Of the segment that is edited. */
  readonly sizeNow?: number | undefined;
}) {
  const { data, error, isFetching, isPlaceholderData } = api.useQuery(
    'post',
    '/api/v1/segments/preview',
    { body: { text: text ?? '', sample: SAMPLE } },
    { enabled: text !== undefined, retry: false, staleTime: 15_000, placeholderData: keepPreviousData },
  );
  if (error && text !== undefined) return <Failed error={error} />;
  if (data === undefined)
    return (
      <Paper withBorder p="md">
        <Text size="sm" className="quiet" role="status">
          {isFetching
            ? 'Counting…'
            : 'Add a condition, or write the text: you see here whom it means while you write.'}
        </Text>
      </Paper>
    );
  const share = data.total === 0 ? 0 : (data.size / data.total) * 100;
  return (
    <Paper withBorder p="md" style={{ opacity: isPlaceholderData || text === undefined ? 0.6 : 1 }}>
      <Stack gap="xs">
        <Group justify="space-between">
          <Text size="xs" className="quiet">
            People that it means now
          </Text>
          {isFetching ? <Loader size={14} aria-label="Counting" /> : null}
        </Group>
        <div className={`number ${classes.size}`} role="status" aria-label="Size of the segment">
          {count(data.size)}
        </div>
        <Progress value={share} size="sm" aria-label="Share of everybody" />
        <Text size="xs" className="quiet number">
          {share >= 10 || share === 0 ? Math.round(share) : share.toFixed(1)}% of {count(data.total)} people
          {sizeNow === undefined ? '' : ` · ${difference(data.size - sizeNow)}`}
        </Text>
        <Reach reach={data.reach} />
        <Sample people={data.sample} />
      </Stack>
    </Paper>
  );
}

function difference(more: number): string {
  if (more === 0) return 'as many as now';
  return more > 0 ? `${count(more)} more than now` : `${count(-more)} fewer than now`;
}

function Reach({
  reach,
}: {
  readonly reach: ReadonlyArray<{ readonly kind: string; readonly people: number }>;
}) {
  if (reach.length === 0) return null;
  return (
    <Text size="xs" className="quiet number">
      With {reach.map(({ kind, people }) => `${kind.replaceAll('_', ' ')}: ${count(people)}`).join(' · ')}
    </Text>
  );
}

function Sample({
  people,
}: {
  readonly people: ReadonlyArray<Parameters<typeof nameOf>[0] & { readonly why: unknown }>;
}) {
  if (people.length === 0) return null;
  return (
    <div>
      <Text size="xs" fw={600} mt="xs">
        Some of them, and why
      </Text>
      <Accordion variant="default" chevronPosition="left" styles={{ control: { paddingInline: 0 } }}>
        {people.map((person) => (
          <Accordion.Item key={person.id} value={person.id}>
            <Accordion.Control>
              <Text size="sm" truncate>
                {nameOf(person)}
              </Text>
            </Accordion.Control>
            <Accordion.Panel>
              <Explanation node={person.why as ExplanationNode} />
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </div>
  );
}
