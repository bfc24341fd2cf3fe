import { Autocomplete, Select, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core';
import type { SnapshotPlan } from './definition';

const ROWS = [
  { value: 'all', label: 'All rows' },
  { value: 'differences', label: 'Differences since the last' },
];
const DAILY = '0 6 * * *';
const OWN_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const ZONES = [...new Set([OWN_ZONE, 'UTC', ...Intl.supportedValuesOf('timeZone')])];

/** A plan for those who begin with one: daily, by their own clock. */
export const FIRST_PLAN: SnapshotPlan = { rows: 'all', cron: DAILY, zone: OWN_ZONE };

/** When a segment is written out, and in which form. */
export function SnapshotFields({
  plan,
  onChange,
}: {
  readonly plan: SnapshotPlan;
  readonly onChange: (plan: SnapshotPlan) => void;
}) {
  const { cron, ...rest } = plan;
  return (
    <Stack gap="sm">
      <Select
        label="Rows"
        description={
          plan.rows === 'differences'
            ? 'Who is new, other or gone. The first one, and one after a failure, has all rows.'
            : 'Everybody who is in the segment, each time.'
        }
        data={ROWS}
        value={plan.rows}
        allowDeselect={false}
        onChange={(rows) => onChange({ ...plan, rows: rows === 'differences' ? rows : 'all' })}
      />
      <Switch
        label="By a plan"
        description="Otherwise one is taken when somebody asks."
        checked={cron !== undefined}
        onChange={({ currentTarget }) => onChange(currentTarget.checked ? { ...plan, cron: DAILY } : rest)}
      />
      {cron === undefined ? null : (
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <TextInput
            label="When"
            description="Minute, hour, day, month, day of the week: 0 6 * * 1-5 is six o’clock on workdays."
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            value={cron}
            onChange={({ currentTarget }) => onChange({ ...plan, cron: currentTarget.value })}
          />
          <Autocomplete
            label="Time zone"
            description="By whose clock. What a stop of the server misses is made up for by one."
            data={ZONES}
            limit={50}
            value={plan.zone}
            onChange={(zone) => onChange({ ...plan, zone })}
          />
        </SimpleGrid>
      )}
    </Stack>
  );
}
