import { Checkbox, Divider, Group, Paper, Stack, Text } from '@mantine/core';
import { useMemo } from 'react';
import { api } from '../../api/client';
import classes from '../segments/builder/builder.module.css';
import { put } from '../segments/builder/definition';
import { SelectorEditor } from '../segments/builder/selector-editor';
import { FigureInput, WordSelect } from '../segments/builder/words';
import { Answered, askOptions, useSettled } from './answered';
import { isSaid, periodOf, type RetentionAsk } from './asks';
import { NotAsked } from './not-asked';
import { Scope } from './question';
import { RetentionTable } from './retention-table';

const UNITS = { day: 'days', week: 'weeks', month: 'months' } as const;
const COHORTS = { first: 'who began then', recurring: 'who did it then' } as const;

/** How many come back. */
export function Retention({
  ask,
  onChange,
}: {
  readonly ask: RetentionAsk;
  readonly onChange: (ask: RetentionAsk) => void;
}) {
  const { start, per, periods, days, cohorts, unbounded, among } = ask;
  return (
    <Stack gap="md">
      <Paper withBorder p="md">
        <Stack gap="xs">
          <SelectorEditor
            selector={start}
            path="start"
            label="Start"
            before={<span className={classes.word}>Of people who did</span>}
            onChange={(next) => onChange({ ...ask, start: next })}
          />
          <SelectorEditor
            selector={ask.return}
            path="return"
            label="Return"
            before={<span className={classes.word}>how many did later</span>}
            onChange={(next) => onChange({ ...ask, return: next })}
          />
        </Stack>
        <Divider my="sm" />
        <Group gap="xs">
          <FigureInput
            label="How many periods"
            width={52}
            value={periods}
            onChange={(next) => onChange({ ...ask, periods: next })}
          />
          <WordSelect
            label="Period of a cohort"
            value={per}
            words={UNITS}
            width={90}
            onChange={(next) => onChange({ ...ask, per: next })}
          />
          <WordSelect
            label="Cohorts"
            value={cohorts}
            words={COHORTS}
            width={140}
            onChange={(next) => onChange({ ...ask, cohorts: next })}
          />
          <Checkbox
            size="xs"
            label="then or later"
            checked={unbounded}
            onChange={({ currentTarget }) => onChange({ ...ask, unbounded: currentTarget.checked })}
          />
          <Scope
            days={days}
            among={among}
            onDays={(next) => onChange({ ...ask, days: next })}
            onAmong={(next) => onChange(put(ask, 'among', next))}
          />
        </Group>
      </Paper>
      <RetentionAnswer ask={ask} />
    </Stack>
  );
}

function RetentionAnswer({ ask }: { readonly ask: RetentionAsk }) {
  const settled = useSettled(ask);
  const body = useMemo(() => {
    const { days, ...rest } = settled;
    return { ...rest, ...periodOf(days) };
  }, [settled]);
  const isAsked = isSaid(body.start) && isSaid(body.return);
  const query = api.useQuery(
    'post',
    '/api/v1/insights/retention',
    { body: body as never },
    askOptions(isAsked),
  );
  return (
    <Answered
      isAsked={isAsked}
      missing="Choose with which event people begin, and with which they come back."
      query={query}
    >
      {({ cohorts }) =>
        cohorts.every(({ people }) => people === 0) ? (
          <NotAsked text="Nobody began in this time: choose a longer one, or another event." />
        ) : (
          <>
            <RetentionTable cohorts={cohorts} per={body.per} />
            <Text size="xs" className="quiet" mt="xs">
              The last {UNITS[body.per]} may not be over yet: they count what there is.
            </Text>
          </>
        )
      }
    </Answered>
  );
}
