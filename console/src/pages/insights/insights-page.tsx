import { Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { Page } from '../../ui/page';
import { TabList } from '../../ui/tab-list';
import { PinButton } from '../dashboards/pin-button';
import type { Question } from '../dashboards/question';
import { ASKS, type InsightKind } from './asks';
import { Funnels } from './funnels';
import { Retention } from './retention';
import { saidFunnel, saidRetention, saidTrends } from './said';
import { Trends } from './trends';

/** Questions over everybody's events; the address holds the question. */
export function InsightsPage() {
  const { kind = 'trends', ask } = useSearch({ from: '/insights' });
  const navigate = useNavigate();
  // Fields that are written in answer at once; the address follows.
  const [asks, setAsks] = useState(() => ({ ...ASKS, [kind]: { ...ASKS[kind], ...ask } }) as typeof ASKS);
  const show = (of: InsightKind, next: object, replace: boolean) =>
    void navigate({
      to: '/insights',
      search: { kind: of, ...(next === ASKS[of] ? {} : { ask: { ...next } }) },
      replace,
    });
  const changes = <Kind extends InsightKind>(of: Kind) => ({
    ask: asks[of],
    onChange(next: (typeof ASKS)[Kind]) {
      setAsks({ ...asks, [of]: next });
      show(of, next, true);
    },
  });
  return (
    <Page
      title="Insights"
      text="How often something happens, how many go all the way, and who comes back."
      actions={<PinButton question={wholeQuestion(kind, asks)} />}
    >
      <Tabs
        value={kind}
        keepMounted={false}
        onChange={(next) => next !== null && show(next as InsightKind, asks[next as InsightKind], false)}
      >
        <TabList>
          <Tabs.Tab value="trends">Trends</Tabs.Tab>
          <Tabs.Tab value="funnels">Funnels</Tabs.Tab>
          <Tabs.Tab value="retention">Retention</Tabs.Tab>
        </TabList>
        <Tabs.Panel value="trends" pt="md">
          <Trends {...changes('trends')} />
        </Tabs.Panel>
        <Tabs.Panel value="funnels" pt="md">
          <Funnels {...changes('funnels')} />
        </Tabs.Panel>
        <Tabs.Panel value="retention" pt="md">
          <Retention {...changes('retention')} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function wholeQuestion(kind: InsightKind, { trends, funnels, retention }: typeof ASKS): Question | undefined {
  const ask = {
    trends: () => saidTrends(trends),
    funnels: () => saidFunnel(funnels),
    retention: () => saidRetention(retention),
  }[kind]();
  return ask && ({ kind, ask } as Question);
}
