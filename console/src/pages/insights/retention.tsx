import { Checkbox, Divider, Group, Paper, Stack } from '@mantine/core';
import classes from '../segments/builder/builder.module.css';
import { SelectorEditor } from '../segments/builder/selector-editor';
import { FigureInput, WordSelect } from '../segments/builder/words';
import { COHORT_UNITS, type RetentionAsk } from './asks';
import { Scope } from './question';
import { RetentionAnswer } from './retention-answer';

const COHORTS = { first: 'who began then', recurring: 'who did it then' } as const;

/** How many come back. */
export function Retention({
  ask,
  onChange,
}: {
  readonly ask: RetentionAsk;
  readonly onChange: (ask: RetentionAsk) => void;
}) {
  const { start, per, periods, cohorts, unbounded } = ask;
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
            words={COHORT_UNITS}
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
          <Scope ask={ask} onChange={onChange} />
        </Group>
      </Paper>
      <RetentionAnswer ask={ask} />
    </Stack>
  );
}
