import { Alert, Button, Divider, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useRouter, useSearch } from '@tanstack/react-router';
import { SIGN_IN_FAILED } from '../../../src/core/access/sign-in-failure';
import { api } from '../api/client';
import { useSetSession } from '../api/use-session';
import { Failed } from '../ui/failed';
import { FormError } from '../ui/form-error';
import { Loading } from '../ui/loading';
import { Door } from './door';
import { failureWords } from './failure-words';

/** Signs somebody in: by a password, by a provider, or by what of the two there is. */
export function SignIn() {
  const { data: ways, error, refetch } = api.useQuery('get', '/api/v1/session/ways');
  const failure = useSearch({ strict: false, select: (search) => search[SIGN_IN_FAILED] });
  return (
    <Door
      title="Sign in"
      text={
        ways?.oidc ? 'With the account of your organisation.' : 'With the e-mail address that an owner added.'
      }
    >
      {ways === undefined ? (
        error ? (
          <Failed error={error} retry={() => void refetch()} />
        ) : (
          <Loading />
        )
      ) : (
        <Stack gap="md">
          {failure === undefined ? null : <Alert color="red">{failureWords(failure)}</Alert>}
          {ways.oidc === null ? null : <ProviderLink label={ways.oidc.label} />}
          {ways.oidc !== null && ways.password ? <Divider label="or by password" /> : null}
          {ways.password ? <PasswordForm isMain={ways.oidc === null} /> : null}
        </Stack>
      )}
    </Door>
  );
}

/** A link and no form: it leads to another server, which the policy of our pages allows to no form. */
function ProviderLink({ label }: { readonly label: string }) {
  const { href } = useRouter().state.location;
  const here = new URL(href, window.location.origin);
  here.searchParams.delete(SIGN_IN_FAILED);
  const query = new URLSearchParams({ returnTo: `${here.pathname}${here.search}` });
  return (
    <Button component="a" href={`/api/v1/session/oidc?${query}`}>
      {label}
    </Button>
  );
}

function PasswordForm({ isMain }: { readonly isMain: boolean }) {
  const setSession = useSetSession();
  const router = useRouter();
  const form = useForm({ initialValues: { email: '', password: '' } });
  const signIn = api.useMutation('post', '/api/v1/session', {
    meta: { quiet: true },
    onSuccess(session) {
      setSession(session);
      void router.navigate({ to: '.', search: withoutFailure, replace: true });
    },
  });
  return (
    <form onSubmit={form.onSubmit((body) => signIn.mutate({ body }))}>
      <Stack gap="sm">
        <FormError error={signIn.error} />
        <TextInput
          label="E-mail"
          type="email"
          autoComplete="username"
          required
          autoFocus={isMain}
          {...form.getInputProps('email')}
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          required
          {...form.getInputProps('password')}
        />
        <Button type="submit" variant={isMain ? 'filled' : 'default'} loading={signIn.isPending} mt="xs">
          Sign in
        </Button>
      </Stack>
    </form>
  );
}

function withoutFailure<Search extends object>(search: Search): Search {
  return { ...search, [SIGN_IN_FAILED]: undefined };
}
