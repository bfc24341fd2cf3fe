import { Alert, Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useUser } from '../../api/use-session';
import { Page } from '../../ui/page';
import { TabList } from '../../ui/tab-list';
import { AuditTab } from './audit-tab';
import { PasswordTab } from './password-tab';
import { SETTINGS_TABS } from './settings-tabs';
import { SystemTab } from './system-tab';
import { TokensTab } from './tokens-tab';
import { UsersTab } from './users-tab';

const LABELS = { users: 'Users', tokens: 'Tokens', audit: 'Audit', system: 'System', you: 'Your account' };

/** Who may do what, who did what, and how the machine is. */
export function SettingsPage() {
  const { role } = useUser();
  const isOwner = role === 'owner';
  const { tab = isOwner ? 'users' : 'system' } = useSearch({ from: '/settings' });
  const navigate = useNavigate({ from: '/settings' });
  const owned = (content: ReactNode) =>
    isOwner ? content : <Alert color="gray">Only owners see this. Your role is {role}.</Alert>;
  return (
    <Page title="Settings" text="Who may do what, who did what, and how the machine is doing.">
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(chosen) =>
          void navigate({ search: { tab: SETTINGS_TABS.find((one) => one === chosen) }, replace: true })
        }
      >
        <TabList mb="md">
          {SETTINGS_TABS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {LABELS[one]}
            </Tabs.Tab>
          ))}
        </TabList>
        <Tabs.Panel value="users">{owned(<UsersTab />)}</Tabs.Panel>
        <Tabs.Panel value="tokens">{owned(<TokensTab />)}</Tabs.Panel>
        <Tabs.Panel value="audit">{owned(<AuditTab />)}</Tabs.Panel>
        <Tabs.Panel value="system">
          <SystemTab />
        </Tabs.Panel>
        <Tabs.Panel value="you">
          <PasswordTab />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
