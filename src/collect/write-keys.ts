/** A source as the door needs to know it. */
export interface KnownSource {
  readonly id: string;
  readonly enabled: boolean;
}

/** Finds the source of a write key; undefined when there is none. */
export type SourceOfKey = (writeKey: string) => KnownSource | undefined;

/**
 * The write key of a request: the user name of HTTP Basic (the colon may be missing, as may the padding), else the one in
 * the body, else empty.
 */
export function writeKeyOf(authorization: string | undefined, inBody: string): string {
  const basic = /^Basic +(\S+)/i.exec(authorization ?? '');
  if (!basic) return inBody;
  const decoded = Buffer.from(basic[1] as string, 'base64').toString();
  const key = decoded.split(':', 1)[0] as string;
  return key === '' ? inBody : key;
}
