import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api } from '../api/client';
import { useSetSession } from '../api/use-session';
import { FormError } from '../ui/form-error';
import { Door } from './door';

/** Signs somebody in. */
export function SignIn() {
  const setSession = useSetSession();
  const form = useForm({ initialValues: { email: '', password: '' } });
  const signIn = api.useMutation('post', '/api/v1/session', { onSuccess: setSession, meta: { quiet: true } });
  return (
    <Door title="Sign in" text="With the e-mail address that an owner added.">
      <form onSubmit={form.onSubmit((body) => signIn.mutate({ body }))}>
        <Stack gap="sm">
          <FormError error={signIn.error} />
          <TextInput
            label="E-mail"
            type="email"
            autoComplete="username"
            required
            autoFocus
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label="Password"
            autoComplete="current-password"
            required
            {...form.getInputProps('password')}
          />
          <Button type="submit" loading={signIn.isPending} mt="xs">
            Sign in
          </Button>
        </Stack>
      </form>
    </Door>
  );
}
