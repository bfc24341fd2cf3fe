import { Divider, Group, Paper, Stack, Text } from '@mantine/core';
import { useMemo } from 'react';
import { api } from '../../api/client';
import { put } from '../segments/builder/definition';
import { DurationInput, WordSelect } from '../segments/builder/words';
import { Answered, askOptions, useSettled } from './answered';
import { type FunnelAsk, isSaid, periodOf, titleOf } from './asks';
import { EventList } from './event-list';
import { FunnelPicture } from './funnel-picture';
import { ByInput, Scope, saidBy } from './question';

const MODES = { closed: 'from the first step', open: 'from any step' } as const;

/** How many go all the way through some steps. */
export function Funnels({
  ask,
  onChange,
}: {
  readonly ask: FunnelAsk;
  readonly onChange: (ask: FunnelAsk) => void;
}) {
  const { steps, within, mode, days, by, among } = ask;
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
          <Text size="sm" className="quiet">
            within
          </Text>
          <DurationInput
            label="From entering to any later step"
            value={within}
            onChange={(next) => onChange({ ...ask, within: next })}
          />
          <WordSelect
            label="Where people may enter"
            value={mode}
            words={MODES}
            width={150}
            onChange={(next) => onChange({ ...ask, mode: next })}
          />
          <ByInput by={by} of={steps[0] ?? {}} onChange={(next) => onChange(put(ask, 'by', next))} />
          <Scope
            days={days}
            among={among}
            onDays={(next) => onChange({ ...ask, days: next })}
            onAmong={(next) => onChange(put(ask, 'among', next))}
          />
        </Group>
      </Paper>
      <FunnelAnswer ask={ask} />
    </Stack>
  );
}

function FunnelAnswer({ ask }: { readonly ask: FunnelAsk }) {
  const settled = useSettled(ask);
  const body = useMemo(() => {
    const { steps, within, mode, days, by, among } = settled;
    // Funnels are not cut by days: they ask for no zone.
    const { from, to } = periodOf(days);
    return {
      ...{ steps, within, mode, from, to, ...saidBy(by) },
      ...(among === undefined ? {} : { among }),
    };
  }, [settled]);
  const isAsked = body.steps.every(isSaid);
  const query = api.useQuery(
    'post',
    '/api/v1/insights/funnels',
    { body: body as never },
    askOptions(isAsked),
  );
  return (
    <Answered
      isAsked={isAsked}
      missing="Choose an event for each step to see how many go all the way."
      query={query}
    >
      {({ parts }) => <FunnelPicture names={body.steps.map(titleOf)} parts={parts} />}
    </Answered>
  );
}
