import { Badge, Group, Progress, Text, Tooltip } from '@mantine/core';

const COLOURS: Readonly<Record<string, string>> = {
  live: 'teal',
  pending: 'gray',
  backfilling: 'river',
  failed: 'red',
  replaced: 'gray',
};
const WORDS: Readonly<Record<string, string>> = {
  live: 'Right for everybody',
  pending: 'Comes into force with the next batch of events',
  backfilling: 'Kept up to date for whom anything happens to; everybody else is being gone through',
  failed: 'Cannot be evaluated',
  replaced: 'A newer version is in force',
};

/** How far a version is, in words. */
export function SegmentStatus({
  status,
  error = null,
}: {
  readonly status: string;
  readonly error?: string | null;
}) {
  return (
    <Tooltip label={error ?? WORDS[status] ?? status} multiline maw={320}>
      <Badge variant="dot" color={COLOURS[status] ?? 'gray'}>
        {status}
      </Badge>
    </Tooltip>
  );
}

/** How much of everybody a backfill has gone through. */
export function BackfillProgress({
  progress,
}: {
  readonly progress: { readonly done: number; readonly total: number } | null;
}) {
  const percent = progress === null ? 0 : Math.round((progress.done / Math.max(1, progress.total)) * 100);
  return (
    <div>
      <Group justify="space-between" mb={4}>
        <Text size="sm">Finding who is in it already</Text>
        <Text size="sm" className="quiet number">
          {progress === null ? 'waits for its turn' : `${percent}%`}
        </Text>
      </Group>
      <Progress value={percent} aria-label="Backfill" animated />
      <Text size="xs" className="quiet" mt={4}>
        Runs in the background, also when you leave. Whoever does something meanwhile is right at once.
      </Text>
    </div>
  );
}
