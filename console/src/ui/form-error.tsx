import { Alert } from '@mantine/core';
import { problemText } from '../api/problem';

/** Why a form was not taken, above its fields; nothing while it was. */
export function FormError({ error }: { readonly error: unknown }) {
  if (!error) return null;
  return <Alert color="red">{problemText(error).detail}</Alert>;
}
