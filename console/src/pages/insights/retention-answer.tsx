import { Text } from '@mantine/core';
import { useMemo } from 'react';
import { api } from '../../api/client';
import { Answered, useAskOptions, useSettled } from './answered';
import { COHORT_UNITS, type RetentionAsk } from './asks';
import { NotAsked } from './not-asked';
import { RetentionTable } from './retention-table';
import { bodyOf, saidRetention } from './said';

/** Asks how many come back, and shows it. */
export function RetentionAnswer({ ask }: { readonly ask: RetentionAsk }) {
  const settled = useSettled(ask);
  const said = saidRetention(settled);
  const body = useMemo(() => bodyOf(saidRetention(settled)), [settled]);
  const options = useAskOptions(said !== undefined);
  const query = api.useQuery('post', '/api/v1/insights/retention', { body: body as never }, options);
  return (
    <Answered
      isAsked={said !== undefined}
      missing="Choose with which event people begin, and with which they come back."
      query={query}
    >
      {({ cohorts }) =>
        cohorts.every(({ people }) => people === 0) ? (
          <NotAsked text="Nobody began in this time: choose a longer one, or another event." />
        ) : (
          <>
            <RetentionTable cohorts={cohorts} per={settled.per} />
            <Text size="xs" className="quiet" mt="xs">
              The last {COHORT_UNITS[settled.per]} may not be over yet: they count what there is.
            </Text>
          </>
        )
      }
    </Answered>
  );
}
