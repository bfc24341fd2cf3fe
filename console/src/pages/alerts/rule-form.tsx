import { Button, Group, Modal, Stack } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client';
import { FormError } from '../../ui/form-error';
import type { Values } from '../destinations/field';
import { SettingsFields } from '../destinations/settings-fields';
import { alertFields, changedValues, givenRule, NEW_RULE, type Rule, valuesOf } from './alert-fields';

const ALL = { params: { query: { limit: 500 } } } as const;

/** What a form is for: a new rule, empty or like one that is there, or a change of that one. */
export interface RuleForm {
  readonly rule: Rule | undefined;
  readonly isNew: boolean;
}

/** Makes a rule, or changes one. */
export function EditRule({ form, onClose }: { readonly form: RuleForm; readonly onClose: () => void }) {
  const queries = useQueryClient();
  const { rule, isNew } = form;
  const destinations = api.useQuery('get', '/api/v1/destinations', ALL);
  const sources = api.useQuery('get', '/api/v1/sources', ALL);
  const [values, setValues] = useState<Values>(() =>
    rule === undefined ? NEW_RULE : valuesOf(rule, alertFields({}, [], [])),
  );
  const then = {
    meta: { quiet: true },
    onSuccess() {
      void queries.invalidateQueries({ queryKey: ['get', '/api/v1/alert-rules'] });
      onClose();
    },
  };
  const create = api.useMutation('post', '/api/v1/alert-rules', then);
  const change = api.useMutation('put', '/api/v1/alert-rules/{id}', then);
  const fields = alertFields(values, destinations.data?.data ?? [], sources.data?.data ?? []);
  const body = givenRule(fields, values);
  return (
    <Modal opened onClose={onClose} title={isNew ? 'New alert rule' : `Change ${rule?.name}`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (body === undefined) return;
          if (isNew || rule === undefined) create.mutate({ body });
          else change.mutate({ params: { path: { id: rule.id } }, body });
        }}
      >
        <Stack gap="sm">
          <FormError error={create.error ?? change.error} />
          <SettingsFields
            fields={fields}
            values={values}
            onChange={(given) => setValues(changedValues(values, given))}
          />
          <Group justify="flex-end" mt="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              loading={create.isPending || change.isPending}
              disabled={body === undefined}
            >
              {isNew ? 'Create' : 'Save'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
