import { Divider, Group, Paper, Stack } from '@mantine/core';
import { put } from '../segments/builder/definition';
import { DurationInput, WordSelect } from '../segments/builder/words';
import type { FunnelAsk } from './asks';
import { EventList } from './event-list';
import { FunnelAnswer } from './funnel-answer';
import { ByInput, Scope } from './question';

const LIMITS = { within: 'within', ever: 'however long' } as const;
const MODES = { closed: 'from the first step', open: 'from any step' } as const;

/** How many go all the way through some steps. */
export function Funnels({
  ask,
  onChange,
}: {
  readonly ask: FunnelAsk;
  readonly onChange: (ask: FunnelAsk) => void;
}) {
  const { steps, within = '', mode, by } = ask;
  return (
    <Stack gap="md">
      <Paper withBorder p="md">
        <EventList
          events={steps}
          label="Step"
          min={2}
          max={10}
          onChange={(next) => onChange({ ...ask, steps: next })}
        />
        <Divider my="sm" />
        <Group gap="xs">
          <WordSelect
            label="How long people may take"
            value={within === '' ? 'ever' : 'within'}
            words={LIMITS}
            width={126}
            onChange={(next) => onChange({ ...ask, within: next === 'ever' ? '' : '7 days' })}
          />
          {within === '' ? null : (
            <DurationInput
              label="From entering to any later step"
              value={within}
              onChange={(next) => onChange({ ...ask, within: next })}
            />
          )}
          <WordSelect
            label="Where people may enter"
            value={mode}
            words={MODES}
            width={150}
            onChange={(next) => onChange({ ...ask, mode: next })}
          />
          <ByInput by={by} of={steps[0] ?? {}} onChange={(next) => onChange(put(ask, 'by', next))} />
          <Scope ask={ask} onChange={onChange} />
        </Group>
      </Paper>
      <FunnelAnswer ask={ask} />
    </Stack>
  );
}
