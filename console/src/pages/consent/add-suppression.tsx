import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client';
import { useUser } from '../../api/use-session';
import { FormError } from '../../ui/form-error';
import { CHANNELS, type Channel, REASONS, type Reason } from './suppression-words';

const KINDS = ['email', 'phone', 'user_id', 'anonymous_id'];

/** Puts somebody on a list. */
export function AddSuppression({ onClose }: { readonly onClose: () => void }) {
  const queries = useQueryClient();
  const { name } = useUser();
  const [kind, setKind] = useState('email');
  const [value, setValue] = useState('');
  const [channel, setChannel] = useState<Channel>('all');
  const [reason, setReason] = useState<Reason>('manual');
  const add = api.useMutation('post', '/api/v1/suppressions', {
    meta: { quiet: true },
    onSuccess() {
      void queries.invalidateQueries({ queryKey: ['get', '/api/v1/suppressions'] });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title="Suppress somebody">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate({ body: { kind, value, channel, reason, source: name } });
        }}
      >
        <Stack gap="sm">
          <FormError error={add.error} />
          <Select
            label="Known by"
            data={KINDS}
            value={kind}
            allowDeselect={false}
            onChange={(chosen) => setKind(chosen ?? 'email')}
          />
          <TextInput
            label="Address or id"
            required
            data-autofocus
            placeholder="ann@example.com"
            value={value}
            onChange={({ currentTarget }) => setValue(currentTarget.value)}
          />
          <Select
            label="List"
            description="all: nothing is sent by any channel."
            data={[...CHANNELS]}
            value={channel}
            allowDeselect={false}
            onChange={(chosen) => setChannel(CHANNELS.find((one) => one === chosen) ?? 'all')}
          />
          <Select
            label="Reason"
            data={REASONS.map((one) => ({ value: one, label: one.replace('_', ' ') }))}
            value={reason}
            allowDeselect={false}
            onChange={(chosen) => setReason(REASONS.find((one) => one === chosen) ?? 'manual')}
          />
          <Group justify="flex-end" mt="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={add.isPending}>
              Suppress
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
