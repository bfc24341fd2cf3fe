import { Center, Loader } from '@mantine/core';
import type { ReactNode } from 'react';
import { useSession } from '../api/use-session';
import { Failed } from '../ui/failed';
import { CreateOwner } from './create-owner';
import { SignIn } from './sign-in';

/** Shows what is within to those who are signed in, and to others the door. */
export function SignInGate({ children }: { readonly children: ReactNode }) {
  const { data, error, refetch, isPending } = useSession();
  if (isPending)
    return (
      <Center h="100vh">
        <Loader aria-label="Loading" />
      </Center>
    );
  if (data === undefined) return <Failed error={error} retry={() => void refetch()} />;
  if (data.setup) return <CreateOwner />;
  if (data.user === null) return <SignIn />;
  return children;
}
