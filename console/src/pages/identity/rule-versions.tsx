import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { api } from '../../api/client';
import { pageOptions, pagesOf } from '../../api/use-pages';
import { Failed } from '../../ui/failed';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';
import { Snippet } from '../../ui/snippet';
import type { Rules, RulesVersion } from './rules-types';

/** All versions of the rules; each may be taken into the editor again. */
export function RuleVersions({ onLoad }: { readonly onLoad: (rules: Rules) => void }) {
  const { rows, error, refetch, more } = pagesOf(
    api.useInfiniteQuery('get', '/api/v1/identity/rules/versions', {}, pageOptions),
  );
  return (
    <Paper withBorder p="md">
      <Title order={2} fz="md" mb="xs">
        Versions
      </Title>
      {rows === undefined ? error ? <Failed error={error} retry={refetch} /> : <Loading lines={2} /> : null}
      <Stack gap={6}>
        {rows?.map((version, index) => (
          <Version key={version.version} version={version} isInForce={index === 0} onLoad={onLoad} />
        ))}
        {rows?.length === 0 ? (
          <Text size="sm" className="quiet">
            None but the built-in rules.
          </Text>
        ) : null}
      </Stack>
      {more.has ? (
        <Button size="compact-xs" variant="subtle" loading={more.isLoading} onClick={more.load}>
          More
        </Button>
      ) : null}
    </Paper>
  );
}

function Version({
  version: { version, rules, createdAt },
  isInForce,
  onLoad,
}: {
  readonly version: RulesVersion;
  readonly isInForce: boolean;
  readonly onLoad: (rules: Rules) => void;
}) {
  const [isOpen, setOpen] = useState(false);
  const name = version === 0 ? 'Built-in rules' : `Version ${version}`;
  return (
    <div>
      <Group justify="space-between" gap="xs">
        <Text size="sm">
          {name}
          <Text span size="xs" className="quiet">
            {' '}
            · {rules.identifiers.length} kinds{createdAt === null ? '' : ' · '}
            {createdAt === null ? null : <Moment at={createdAt} />}
            {isInForce ? ' · in force' : ''}
          </Text>
        </Text>
        <Group gap={4}>
          <Button
            size="compact-xs"
            variant="subtle"
            aria-expanded={isOpen}
            aria-label={`${isOpen ? 'Hide' : 'Look'}: ${name}`}
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? 'Hide' : 'Look'}
          </Button>
          {isInForce ? null : (
            <Button
              size="compact-xs"
              variant="subtle"
              aria-label={`Take into the editor: ${name}`}
              onClick={() => onLoad(rules)}
            >
              Take into the editor
            </Button>
          )}
        </Group>
      </Group>
      {isOpen ? <Snippet text={JSON.stringify(rules, null, 2)} label={name} /> : null}
    </div>
  );
}
