import { Alert, Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client';
import { FormError } from '../../ui/form-error';
import { Snippet } from '../../ui/snippet';
import { type Rights, RightsFields } from './roles';

const DAY_MS = 86_400_000;
const LIFETIMES = [
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
  { value: '', label: 'Never' },
];

/** Makes a token, and shows it this once. */
export function TokenForm({ onClose }: { readonly onClose: () => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [days, setDays] = useState('90');
  const [rights, setRights] = useState<Rights>({ role: 'viewer', personalData: false });
  const make = api.useMutation('post', '/api/v1/tokens', {
    meta: { quiet: true },
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['get', '/api/v1/tokens'] }),
  });
  if (make.data !== undefined)
    return (
      <Modal opened onClose={onClose} title={`Token ${make.data.name}`} closeOnClickOutside={false}>
        <Stack gap="sm">
          <Alert color="yellow" variant="light">
            Copy it now: it is shown this once, and kept as a hash only.
          </Alert>
          <Snippet text={make.data.token} label="token" />
          <Group justify="flex-end">
            <Button onClick={onClose}>I have it</Button>
          </Group>
        </Stack>
      </Modal>
    );
  const expires =
    days === '' ? {} : { expiresAt: new Date(Date.now() + Number(days) * DAY_MS).toISOString() };
  return (
    <Modal opened onClose={onClose} title="New token">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate({ body: { name, ...rights, ...expires } });
        }}
      >
        <Stack gap="sm">
          <FormError error={make.error} />
          <TextInput
            label="Name"
            description="The program that uses it."
            placeholder="nightly export"
            required
            data-autofocus
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <RightsFields value={rights} onChange={setRights} />
          <Select
            label="Expires"
            data={LIFETIMES}
            value={days}
            allowDeselect={false}
            onChange={(chosen) => setDays(chosen ?? '')}
          />
          <Group justify="flex-end" mt="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={make.isPending}>
              Make the token
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
