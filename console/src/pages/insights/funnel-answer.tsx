import { useMemo } from 'react';
import { api } from '../../api/client';
import { Answered, useAskOptions, useSettled } from './answered';
import { type FunnelAsk, titleOf } from './asks';
import { FunnelPicture } from './funnel-picture';
import { bodyOf, saidFunnel } from './said';

/** Asks how many go all the way, and shows it. */
export function FunnelAnswer({ ask }: { readonly ask: FunnelAsk }) {
  const settled = useSettled(ask);
  const { said, body } = useMemo(() => {
    const whole = saidFunnel(settled);
    // Funnels are not cut by days: they ask for no zone.
    const { zone: _, ...rest } = bodyOf(whole);
    return { said: whole, body: rest };
  }, [settled]);
  const options = useAskOptions(said !== undefined);
  const query = api.useQuery('post', '/api/v1/insights/funnels', { body: body as never }, options);
  return (
    <Answered
      isAsked={said !== undefined}
      missing="Choose an event for each step to see how many go all the way."
      query={query}
    >
      {({ parts }) => <FunnelPicture names={said?.steps.map(titleOf) ?? []} parts={parts} />}
    </Answered>
  );
}
