import { Button, Group, Modal, Stack } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client';
import { FormError } from '../../ui/form-error';
import type { Values } from '../destinations/field';
import { SettingsFields } from '../destinations/settings-fields';
import { alertFields, givenRule, NEW_RULE, type Rule, valuesOf } from './alert-fields';

/** Makes a rule, empty or like one that is there. */
export function NewRule({
  like,
  onClose,
}: {
  readonly like: Rule | undefined;
  readonly onClose: () => void;
}) {
  const queries = useQueryClient();
  const { data } = api.useQuery('get', '/api/v1/destinations', { params: { query: { limit: 500 } } });
  const [values, setValues] = useState<Values>(() =>
    like === undefined ? NEW_RULE : valuesOf(like, alertFields({}, [])),
  );
  const create = api.useMutation('post', '/api/v1/alert-rules', {
    meta: { quiet: true },
    onSuccess() {
      void queries.invalidateQueries({ queryKey: ['get', '/api/v1/alert-rules'] });
      onClose();
    },
  });
  const fields = alertFields(values, data?.data ?? []);
  const body = givenRule(fields, values);
  return (
    <Modal opened onClose={onClose} title="New alert rule">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (body !== undefined) create.mutate({ body });
        }}
      >
        <Stack gap="sm">
          <FormError error={create.error} />
          <SettingsFields fields={fields} values={values} onChange={setValues} />
          <Group justify="flex-end" mt="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending} disabled={body === undefined}>
              Create
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
