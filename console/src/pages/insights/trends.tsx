import { Divider, Group, Paper, Stack } from '@mantine/core';
import { put } from '../segments/builder/definition';
import { useKnownNames } from '../segments/builder/use-known-names';
import { NameInput, WordSelect } from '../segments/builder/words';
import { MEASURES, TREND_UNITS, type TrendsAsk } from './asks';
import { EventList } from './event-list';
import { ByInput, Scope } from './question';
import { TrendsAnswer } from './trends-answer';

/** How often something happens, over time. */
export function Trends({
  ask,
  onChange,
}: {
  readonly ask: TrendsAsk;
  readonly onChange: (ask: TrendsAsk) => void;
}) {
  const { events, per, measure, by } = ask;
  const known = useKnownNames();
  const needsField = measure.kind !== 'count' && measure.kind !== 'people';
  return (
    <Stack gap="md">
      <Paper withBorder p="md">
        <EventList
          events={events}
          label="Event"
          min={1}
          max={10}
          onChange={(next) => onChange({ ...ask, events: next })}
        />
        <Divider my="sm" />
        <Group gap="xs">
          <WordSelect
            label="Measure"
            value={measure.kind as keyof typeof MEASURES}
            words={MEASURES}
            width={150}
            onChange={(kind) => onChange({ ...ask, measure: { ...measure, kind } })}
          />
          {needsField ? (
            <NameInput
              label="Field that is measured"
              placeholder="properties.total"
              value={measure.of ?? ''}
              known={known.fieldsOf(events[0] ?? {})}
              onChange={(of) => onChange({ ...ask, measure: { ...measure, of } })}
            />
          ) : null}
          <WordSelect
            label="Unit of time"
            value={per}
            words={TREND_UNITS}
            width={104}
            onChange={(next) => onChange({ ...ask, per: next })}
          />
          <ByInput by={by} of={events[0] ?? {}} onChange={(next) => onChange(put(ask, 'by', next))} />
          <Scope ask={ask} onChange={onChange} />
        </Group>
      </Paper>
      <TrendsAnswer ask={ask} />
    </Stack>
  );
}
