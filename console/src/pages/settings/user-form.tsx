import { Alert, Button, Group, Modal, PasswordInput, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client';
import type { paths } from '../../api/schema';
import { FormError } from '../../ui/form-error';
import { type Rights, RightsFields } from './roles';

/** Somebody who may sign in. */
export type User =
  paths['/api/v1/users']['get']['responses'][200]['content']['application/json']['data'][number];

const WAYS: Readonly<Record<User['signsInBy'][number], string>> = {
  password: 'password',
  oidc: 'single sign-on',
};

/** How somebody signs in, in words. */
export function waysText(signsInBy: User['signsInBy']): string {
  return signsInBy.map((way) => WAYS[way]).join(', ') || 'not yet';
}

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
  const { data: ways } = api.useQuery('get', '/api/v1/session/ways');
  const add = api.useMutation('post', '/api/v1/users', done);
  const change = api.useMutation('patch', '/api/v1/users/{id}', done);
  const error = add.error ?? change.error;
  const { name, email, password, enabled, role, personalData } = given;
  const submit = () => {
    const common = { name, role, personalData };
    const withPassword = password === '' ? {} : { password };
    if (user === undefined) return add.mutate({ body: { ...common, email, ...withPassword } });
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
          {user === undefined ? null : <Ways user={user} done={done} />}
          <UserFields
            isNew={user === undefined}
            needsPassword={user === undefined && !ways?.oidc}
            value={given}
            onChange={setGiven}
          />
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

/** How somebody signs in; unties them from their account of the provider. */
function Ways({
  user,
  done,
}: {
  readonly user: User;
  readonly done: { readonly meta: { readonly quiet: boolean }; readonly onSuccess: () => void };
}) {
  const unlink = api.useMutation('delete', '/api/v1/users/{id}/oidc', done);
  const text = `Signs in by: ${waysText(user.signsInBy)}`;
  if (!user.signsInBy.includes('oidc'))
    return (
      <Text size="sm" className="quiet">
        {text}
      </Text>
    );
  return (
    <Alert color="gray" title={text}>
      <FormError error={unlink.error} />
      <Text size="sm">
        Unlinked, they are signed out. Whoever then comes with this verified address is linked anew.
      </Text>
      <Button
        mt="xs"
        size="xs"
        variant="default"
        loading={unlink.isPending}
        onClick={() => unlink.mutate({ params: { path: { id: user.id } } })}
      >
        Unlink from single sign-on
      </Button>
    </Alert>
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
  needsPassword,
  value,
  onChange,
}: {
  readonly isNew: boolean;
  readonly needsPassword: boolean;
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
        description={passwordText(isNew, needsPassword)}
        autoComplete="new-password"
        required={needsPassword}
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

function passwordText(isNew: boolean, isNeeded: boolean): string {
  if (!isNew) return 'Leave empty to leave it as it is.';
  return isNeeded
    ? 'At least 12 characters. They can change it.'
    : 'Leave empty for who signs in by single sign-on alone. Else at least 12 characters.';
}
