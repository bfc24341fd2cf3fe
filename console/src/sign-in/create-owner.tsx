import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api } from '../api/client';
import { Problem } from '../api/problem';
import { useSetSession } from '../api/use-session';
import { FormError } from '../ui/form-error';
import { Door } from './door';

/** The first one to come becomes the owner: at the machine itself, or with the admin token. */
export function CreateOwner() {
  const setSession = useSetSession();
  const form = useForm({ initialValues: { name: '', email: '', password: '', token: '' } });
  const create = api.useMutation('post', '/api/v1/setup', { onSuccess: setSession, meta: { quiet: true } });
  const needsToken = create.error instanceof Problem && create.error.code === 'forbidden';
  return (
    <Door
      title="Create the owner"
      text="You are the first here. The owner adds the others, and decides who may see what."
    >
      <form
        onSubmit={form.onSubmit(({ token, ...body }) =>
          create.mutate({
            body,
            ...(token === '' ? {} : { headers: { authorization: `Bearer ${token.trim()}` } }),
          }),
        )}
      >
        <Stack gap="sm">
          <FormError error={create.error} />
          <TextInput label="Name" autoComplete="name" required autoFocus {...form.getInputProps('name')} />
          <TextInput
            label="E-mail"
            type="email"
            autoComplete="username"
            required
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label="Password"
            description="At least 12 characters. Four or five words are good."
            autoComplete="new-password"
            required
            {...form.getInputProps('password')}
          />
          {needsToken || form.values.token !== '' ? (
            <PasswordInput
              label="Admin token"
              description="It was shown at the first start."
              autoComplete="off"
              {...form.getInputProps('token')}
            />
          ) : null}
          <Button type="submit" loading={create.isPending} mt="xs">
            Create the owner
          </Button>
        </Stack>
      </form>
    </Door>
  );
}
