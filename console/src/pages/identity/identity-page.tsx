import { Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Page } from '../../ui/page';
import { TabList } from '../../ui/tab-list';
import { CrowdedTab } from './crowded-tab';
import { DuplicatesTab } from './duplicates-tab';
import { OperationsTab } from './operations-tab';
import { RefusedTab } from './refused-tab';
import { RulesTab } from './rules-tab';
import { SharedValuesTab } from './shared-values-tab';

const TABS = [
  ['rules', 'Rules', RulesTab],
  ['duplicates', 'Suspected duplicates', DuplicatesTab],
  ['shared', 'Shared values', SharedValuesTab],
  ['crowded', 'Crowded profiles', CrowdedTab],
  ['refused', 'Refused links', RefusedTab],
  ['operations', 'Operations', OperationsTab],
] as const;

/** How people are told apart and brought together: the rules, and what needs a look. */
export function IdentityPage() {
  const { tab = 'rules' } = useSearch({ from: '/identity' });
  const navigate = useNavigate({ from: '/identity' });
  return (
    <Page
      title="Identity"
      text="Which values name a person, what may join two profiles, and what needs a look by somebody."
    >
      <Tabs
        value={tab}
        onChange={(value) =>
          void navigate({ search: value === null || value === 'rules' ? {} : { tab: value } })
        }
        keepMounted={false}
      >
        <TabList>
          {TABS.map(([value, label]) => (
            <Tabs.Tab key={value} value={value} style={{ flexShrink: 0 }}>
              {label}
            </Tabs.Tab>
          ))}
        </TabList>
        {TABS.map(([value, , Tab]) => (
          <Tabs.Panel key={value} value={value} pt="md">
            <Tab />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}
