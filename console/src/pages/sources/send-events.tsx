import { Group, Paper, Stack, Tabs, Text } from '@mantine/core';
import { Copy, Snippet } from '../../ui/snippet';
import { TabList } from '../../ui/tab-list';
import { snippetsOf } from './snippets';

/** Which snippet people look for first, by the kind of their source. */
const FIRST: Readonly<Record<string, string>> = {
  mobile: 'iOS',
  server: 'Node',
  pos: 'curl',
  email: 'Pixel',
  import: 'File',
};

/** The write key of a source, and snippets that send with it. */
export function SendEvents({ writeKey, kind }: { readonly writeKey: string; readonly kind: string }) {
  const snippets = snippetsOf(writeKey, window.location.origin);
  return (
    <Paper withBorder p="md" radius="md">
      <Stack gap="sm">
        <Group gap={4}>
          <Text size="sm" className="quiet">
            Write key
          </Text>
          <code>{writeKey}</code>
          <Copy text={writeKey} label="write key" />
        </Group>
        <Tabs defaultValue={FIRST[kind] ?? 'Web'} keepMounted={false}>
          <TabList>
            {snippets.map(({ label }) => (
              <Tabs.Tab key={label} value={label}>
                {label}
              </Tabs.Tab>
            ))}
          </TabList>
          {snippets.map(({ label, text }) => (
            <Tabs.Panel key={label} value={label} pt="sm">
              <Snippet text={text} label={`${label} snippet`} />
            </Tabs.Panel>
          ))}
        </Tabs>
      </Stack>
    </Paper>
  );
}
