import { Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Page } from '../../ui/page';
import { TabList } from '../../ui/tab-list';
import { QualityTab } from './quality-tab';
import { QuarantineTab } from './quarantine-tab';

/** How good the data are, and what was refused. */
export function QualityPage() {
  const search = useSearch({ from: '/quality' });
  const navigate = useNavigate({ from: '/quality' });
  // A link to a reason means what was refused for it.
  const tab = search.tab ?? (search.code === undefined ? 'figures' : 'quarantine');
  return (
    <Page
      title="Data quality"
      text="How complete and how valid your data are, by source; and what was refused, with the reason and the way to mend it."
    >
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(chosen) => void navigate({ search: { tab: chosen ?? 'figures' }, replace: true })}
      >
        <TabList mb="md">
          <Tabs.Tab value="figures">Completeness and validity</Tabs.Tab>
          <Tabs.Tab value="quarantine">Quarantine</Tabs.Tab>
        </TabList>
        <Tabs.Panel value="figures">
          <QualityTab />
        </Tabs.Panel>
        <Tabs.Panel value="quarantine">
          <QuarantineTab />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
