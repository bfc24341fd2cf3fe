import { Divider, Group, Paper, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from '../../api/client';
import { Failed } from '../../ui/failed';
import { Loading } from '../../ui/loading';
import { put } from '../segments/builder/definition';
import { DurationInput, WordSelect } from '../segments/builder/words';
import { type FunnelAsk, isSaid, periodOf, titleOf } from './asks';
import { EventList } from './event-list';
import { FunnelPicture } from './funnel-picture';
import { NotAsked } from './not-asked';
import { ByInput, Scope, saidBy } from './question';

const MODES = { closed: 'from the first step', open: 'from any step' } as const;
const PAUSE_MS = 350;

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
  const [settled] = useDebouncedValue(ask, PAUSE_MS);
  const body = useMemo(() => {
    const { steps, within, mode, days, by, among } = settled;
    const { from, to } = periodOf(days);
    return {
      ...{ steps, within, mode, from, to, ...saidBy(by) },
      ...(among === undefined ? {} : { among }),
    };
  }, [settled]);
  const isAsked = body.steps.every(isSaid);
  const { data, error, refetch, isFetching } = api.useQuery(
    'post',
    '/api/v1/insights/funnels',
    { body: body as never },
    { enabled: isAsked, retry: false, staleTime: 60_000, placeholderData: keepPreviousData },
  );
  if (!isAsked) return <NotAsked text="Choose an event for each step to see how many go all the way." />;
  if (error) return <Failed error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Loading lines={8} />;
  return (
    <div style={{ opacity: isFetching ? 0.6 : 1 }}>
      <FunnelPicture names={body.steps.map(titleOf)} parts={data.parts} />
    </div>
  );
}
