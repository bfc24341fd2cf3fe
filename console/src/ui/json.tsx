import { Snippet } from './snippet';

/** Any value as indented JSON, to be read and copied. */
export function Json({ value, label }: { readonly value: unknown; readonly label: string }) {
  return <Snippet text={JSON.stringify(value, null, 2) ?? ''} label={label} />;
}
