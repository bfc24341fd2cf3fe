import { Button, Group, Modal, NumberInput, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client';
import { FormError } from '../../ui/form-error';

/** Makes a pool. */
export function CreatePool({ onClose }: { readonly onClose: () => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [pattern, setPattern] = useState('');
  const [days, setDays] = useState<number>();
  const [low, setLow] = useState<number>();
  const create = api.useMutation('post', '/api/v1/pools', {
    meta: { quiet: true },
    onSuccess() {
      void queries.invalidateQueries({ queryKey: ['get', '/api/v1/pools'] });
      onClose();
    },
  });
  const body = {
    ...{ id: idOf(name), name },
    ...(pattern === '' ? {} : { pattern }),
    ...(days === undefined ? {} : { validDays: days }),
    ...(low === undefined ? {} : { lowStock: low }),
  };
  return (
    <Modal opened onClose={onClose} title="New pool">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate({ body });
        }}
      >
        <Stack gap="sm">
          <FormError error={create.error} />
          <TextInput
            label="Name"
            description={name === '' ? undefined : `Mappings call it ${idOf(name)}.`}
            required
            data-autofocus
            placeholder="Summer"
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <TextInput
            label="Pattern"
            description="Codes are made on demand, # where chance decides. Empty: you add codes of your shop."
            placeholder="SUMMER-########"
            value={pattern}
            onChange={({ currentTarget }) => setPattern(currentTarget.value)}
          />
          <NumberInput
            label="Valid for days"
            description="From the moment that somebody gets it. Empty: for ever."
            min={1}
            allowDecimal={false}
            value={days ?? ''}
            onChange={(given) => setDays(typeof given === 'number' ? given : undefined)}
          />
          <NumberInput
            label="Warn when so many are left"
            min={0}
            allowDecimal={false}
            value={low ?? ''}
            onChange={(given) => setLow(typeof given === 'number' ? given : undefined)}
          />
          <Group justify="flex-end" mt="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending} disabled={idOf(name) === ''}>
              Create
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function idOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 100);
}
