import { TributaryError } from '../core/errors.js';

/** Prints a cursor: opaque to clients, so that what it holds may change. */
export function encodeCursor(parts: ReadonlyArray<string | number>): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/**
 * Reads a cursor whose parts have these types; undefined when none was given.
 * @throws TributaryError `request_invalid` when it is none of ours.
 */
export function decodeCursor<Kinds extends ReadonlyArray<'string' | 'number'>>(
  cursor: string | undefined,
  kinds: Kinds,
): { [I in keyof Kinds]: Kinds[I] extends 'string' ? string : number } | undefined {
  if (cursor === undefined) return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (
      Array.isArray(parts) &&
      parts.length === kinds.length &&
      kinds.every((kind, i) => typeof parts[i] === kind)
    ) {
      return parts as { [I in keyof Kinds]: Kinds[I] extends 'string' ? string : number };
    }
  } catch {
    // Falls through to the one error.
  }
  throw new TributaryError(
    'request_invalid',
    'cursor must be the nextCursor of an earlier page of the same list.',
  );
}
