import { Alert, Button, Group, Modal, PasswordInput, Stack, Switch, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client';
import { problemText } from '../../api/problem';
import type { paths } from '../../api/schema';
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
  const [name, setName] = useState(user?.name ?? '');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [enabled, setEnabled] = useState(user?.enabled ?? true);
  const [rights, setRights] = useState<Rights>(user ?? { role: 'viewer', personalData: false });
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
  const { role, personalData } = rights;
  const submit = () => {
    const given = { name, role, personalData };
    if (user === undefined) return add.mutate({ body: { ...given, email, password } });
    const withPassword = password === '' ? {} : { password };
    change.mutate({ params: { path: { id: user.id } }, body: { ...given, enabled, ...withPassword } });
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
          {error ? <Alert color="red">{problemText(error).detail}</Alert> : null}
          <TextInput
            label="Name"
            required
            data-autofocus
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          {user === undefined ? (
            <TextInput
              label="E-mail"
              type="email"
              required
              value={email}
              onChange={({ currentTarget }) => setEmail(currentTarget.value)}
            />
          ) : null}
          <PasswordInput
            label={user === undefined ? 'Password' : 'New password'}
            description={
              user === undefined
                ? 'At least 12 characters. They can change it.'
                : 'Leave empty to keep the present one.'
            }
            autoComplete="new-password"
            required={user === undefined}
            value={password}
            onChange={({ currentTarget }) => setPassword(currentTarget.value)}
          />
          <RightsFields value={rights} onChange={setRights} />
          {user === undefined ? null : (
            <Switch
              label="May sign in"
              description="A change of role, right, password or this signs them out everywhere."
              checked={enabled}
              onChange={({ currentTarget }) => setEnabled(currentTarget.checked)}
            />
          )}
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
