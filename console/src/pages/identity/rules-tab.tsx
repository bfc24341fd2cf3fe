import { Button, Group, Modal, SegmentedControl, Stack, Text, Textarea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client';
import { useUser } from '../../api/use-session';
import { Failed } from '../../ui/failed';
import { count } from '../../ui/figure';
import { Loading } from '../../ui/loading';
import { RuleVersions } from './rule-versions';
import { RulesForm } from './rules-form';
import type { Rules, RulesVersion, Simulated } from './rules-types';
import { Simulation } from './simulation';

/** The rules: as a form or as JSON, tried out on the history before they are applied. */
export function RulesTab() {
  const { data, error, refetch } = api.useQuery('get', '/api/v1/identity/rules');
  if (data === undefined)
    return error ? <Failed error={error} retry={() => void refetch()} /> : <Loading lines={8} />;
  // A version that was applied meanwhile is begun with anew.
  return <Editor key={data.version} inForce={data} />;
}

function Editor({ inForce }: { readonly inForce: RulesVersion }) {
  const { form = 'form' } = useSearch({ from: '/identity' });
  const navigate = useNavigate({ from: '/identity' });
  const [rules, setRules] = useState<Rules>(inForce.rules);
  const [text, setText] = useState<string>();
  const [isApplying, { open, close }] = useDisclosure();
  const simulate = api.useMutation('post', '/api/v1/identity/simulate', { meta: { quiet: true } });
  const { role } = useUser();
  const isChanged = JSON.stringify(rules) !== JSON.stringify(inForce.rules);
  const change = (next: Rules) => {
    setRules(next);
    setText(undefined);
    simulate.reset();
  };
  const fault = text === undefined ? undefined : faultOf(text);
  const run = () => simulate.mutate({ body: { rules, samples: 20 } });
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Group gap="sm">
          <SegmentedControl
            size="xs"
            aria-label="How rules are shown"
            data={[
              { value: 'form', label: 'Form' },
              { value: 'json', label: 'JSON' },
            ]}
            value={form}
            onChange={(value) =>
              void navigate({ search: value === 'form' ? {} : { form: value }, replace: true })
            }
          />
          <Text size="sm" className="quiet">
            {inForce.version === 0
              ? 'The built-in rules are in force'
              : `Version ${inForce.version} is in force`}
            {isChanged ? ' · changed here, not applied' : ''}
          </Text>
        </Group>
        <Group gap="xs">
          {isChanged ? (
            <Button variant="subtle" onClick={() => change(inForce.rules)}>
              Discard
            </Button>
          ) : null}
          <Button variant="default" loading={simulate.isPending} disabled={fault !== undefined} onClick={run}>
            Simulate
          </Button>
          <Button
            disabled={role !== 'owner' || !isChanged || fault !== undefined}
            onClick={() => [open(), simulate.data ?? run()]}
          >
            Apply…
          </Button>
        </Group>
      </Group>
      {role === 'owner' ? null : (
        <Text size="xs" className="quiet">
          Applying rules is for owners; anybody may simulate them.
        </Text>
      )}
      {simulate.error && !isApplying ? <Failed error={simulate.error} /> : null}
      {simulate.data === undefined ? null : <Simulation result={simulate.data} />}
      {form === 'json' ? (
        <Textarea
          aria-label="Rules as JSON"
          autosize
          minRows={14}
          maxRows={34}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12.5 } }}
          value={text ?? JSON.stringify(rules, null, 2)}
          error={fault}
          spellCheck={false}
          onChange={({ currentTarget: { value } }) => {
            setText(value);
            simulate.reset();
            if (faultOf(value) === undefined) setRules(JSON.parse(value) as Rules);
          }}
        />
      ) : (
        <RulesForm rules={rules} onChange={change} />
      )}
      <RuleVersions onLoad={change} />
      <ApplyDialog opened={isApplying} onClose={close} rules={rules} inForce={inForce} simulate={simulate} />
    </Stack>
  );
}

function ApplyDialog({
  opened,
  onClose,
  rules,
  inForce,
  simulate: { data, error },
}: {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly rules: Rules;
  readonly inForce: RulesVersion;
  readonly simulate: { readonly data: Simulated | undefined; readonly error: unknown };
}) {
  const queries = useQueryClient();
  const apply = api.useMutation('put', '/api/v1/identity/rules', {
    async onSuccess({ status }) {
      notifications.show({
        title: 'The rules are in force',
        message:
          status === 'done'
            ? 'Everybody was looked at anew.'
            : 'Everybody is looked at anew; Operations tell how far that is.',
      });
      onClose();
      await queries.invalidateQueries({
        predicate: ({ queryKey: [, path] }) => String(path).startsWith('/api/v1/identity'),
      });
    },
  });
  const isRefused = data === undefined && error !== null && error !== undefined;
  return (
    <Modal opened={opened} onClose={onClose} title="Apply these rules" size="lg">
      <Stack gap="md">
        {data === undefined && !isRefused ? <Loading lines={3} /> : null}
        {isRefused ? <Failed error={error} /> : null}
        {data === undefined ? null : (
          <Text size="sm">
            Of <b>{count(data.profilesBefore)}</b> people, <b>{count(data.merging)}</b> would go together with
            others and <b>{count(data.splitting)}</b> would fall apart, which makes{' '}
            <b>{count(data.profilesAfter)}</b>. The rules before stay among the versions, so that they can be
            applied again.
          </Text>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            color="red.9"
            disabled={data === undefined}
            loading={apply.isPending}
            onClick={() => apply.mutate({ body: { rules, expectedVersion: inForce.version } })}
          >
            {data === undefined
              ? 'Apply'
              : `Change ${count(data.merging + data.splitting)} ${data.merging + data.splitting === 1 ? 'person' : 'people'}`}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function faultOf(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && Array.isArray((value as Rules).identifiers)
      ? undefined
      : 'The document needs a list of identifiers.';
  } catch (error) {
    return error instanceof Error ? error.message : 'This is no JSON.';
  }
}
