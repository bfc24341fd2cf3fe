import { Button, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { api } from '../../api/client';
import { useSetSession, useUser } from '../../api/use-session';
import { FormError } from '../../ui/form-error';

/** Who one is, and one's own password. */
export function PasswordTab() {
  const { name, email, role, personalData } = useUser();
  const setSession = useSetSession();
  const [password, setPassword] = useState('');
  const [newPassword, setNewPassword] = useState('');
  const change = api.useMutation('put', '/api/v1/session/password', {
    meta: { quiet: true },
    onSuccess: () => setSession({ setup: false, user: null, csrf: null }),
  });
  return (
    <Paper withBorder p="md" radius="md" maw={520}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate({ body: { password, newPassword } });
        }}
      >
        <Stack gap="sm">
          <div>
            <Title order={2}>{name}</Title>
            <Text size="sm" className="quiet">
              {email} · {role} · {personalData ? 'sees personal data' : 'personal data is hidden'}
            </Text>
          </div>
          <FormError error={change.error} />
          <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
          <PasswordInput
            label="Present password"
            autoComplete="current-password"
            required
            value={password}
            onChange={({ currentTarget }) => setPassword(currentTarget.value)}
          />
          <PasswordInput
            label="New password"
            description="At least 12 characters. You are signed out everywhere, and sign in with the new one."
            autoComplete="new-password"
            required
            value={newPassword}
            onChange={({ currentTarget }) => setNewPassword(currentTarget.value)}
          />
          <Button type="submit" loading={change.isPending} style={{ alignSelf: 'flex-start' }}>
            Change password
          </Button>
        </Stack>
      </form>
    </Paper>
  );
}
