import { Button, Group, Modal, PasswordInput, Stack, Switch, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client';
import type { paths } from '../../api/schema';
import { FormError } from '../../ui/form-error';
import { type Rights, RightsFields } from './roles';

/** Somebody who may sign in. */
export type User =
  paths['/api/v1/users']['get']['responses'][200]['content']['application/json']['data'][number];

/** Adds somebody, or changes what somebody may do. */
export function UserForm({
  user,
  onClose,
}: {
  readonly user: User | undefined;
  readonly onClose: () => void;
}) {
  const queries = useQueryClient();
  const [given, setGiven] = useState<Given>({
    ...(user ?? { name: '', role: 'viewer', personalData: false, enabled: true }),
    ...{ email: '', password: '' },
  });
  const done = {
    meta: { quiet: true },
    onSuccess() {
      void queries.invalidateQueries({ queryKey: ['get', '/api/v1/users'] });
      onClose();
    },
  };
  const add = api.useMutation('post', '/api/v1/users', done);
  const change = api.useMutation('patch', '/api/v1/users/{id}', done);
  const error = add.error ?? change.error;
  const { name, email, password, enabled, role, personalData } = given;
  const submit = () => {
    const common = { name, role, personalData };
    if (user === undefined) return add.mutate({ body: { ...common, email, password } });
    const withPassword = password === '' ? {} : { password };
    change.mutate({ params: { path: { id: user.id } }, body: { ...common, enabled, ...withPassword } });
  };
  return (
    <Modal opened onClose={onClose} title={user === undefined ? 'Add user' : user.email}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack gap="sm">
          <FormError error={error} />
          <UserFields isNew={user === undefined} value={given} onChange={setGiven} />
          <Group justify="flex-end" mt="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={add.isPending || change.isPending}>
              {user === undefined ? 'Add' : 'Save'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

interface Given extends Rights {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly enabled: boolean;
}

function UserFields({
  isNew,
  value,
  onChange,
}: {
  readonly isNew: boolean;
  readonly value: Given;
  readonly onChange: (value: Given) => void;
}) {
  const put = (change: Partial<Given>) => onChange({ ...value, ...change });
  return (
    <>
      <TextInput
        label="Name"
        required
        data-autofocus
        value={value.name}
        onChange={({ currentTarget }) => put({ name: currentTarget.value })}
      />
      {isNew ? (
        <TextInput
          label="E-mail"
          type="email"
          required
          value={value.email}
          onChange={({ currentTarget }) => put({ email: currentTarget.value })}
        />
      ) : null}
      <PasswordInput
        label={isNew ? 'Password' : 'New password'}
        description={
          isNew ? 'At least 12 characters. They can change it.' : 'Leave empty to keep the present one.'
        }
        autoComplete="new-password"
        required={isNew}
        value={value.password}
        onChange={({ currentTarget }) => put({ password: currentTarget.value })}
      />
      <RightsFields value={value} onChange={put} />
      {isNew ? null : (
        <Switch
          label="May sign in"
          description="A change of role, right, password or this signs them out everywhere."
          checked={value.enabled}
          onChange={({ currentTarget }) => put({ enabled: currentTarget.checked })}
        />
      )}
    </>
  );
}
