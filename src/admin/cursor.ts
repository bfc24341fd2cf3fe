import { TributaryError } from '../core/errors.js';

/** Prints a cursor: opaque to clients, so that what it holds may change. */
export function encodeCursor(parts: ReadonlyArray<string | number>): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** What a part of a cursor may be: any text, a UUID, a whole number, or one that is not negative. */
type Kind = 'string' | 'uuid' | 'number' | 'offset';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const FITS: Readonly<Record<Kind, (part: unknown) => boolean>> = {
  string: (part) => typeof part === 'string',
  uuid: (part) => typeof part === 'string' && UUID.test(part),
  number: (part) => Number.isSafeInteger(part),
  offset: (part) => Number.isSafeInteger(part) && (part as number) >= 0,
};

/**
 * Reads a cursor whose parts have these types; undefined when none was given.
 * @throws TributaryError `request_invalid` when it is none of ours.
 */
export function decodeCursor<Kinds extends readonly Kind[]>(
  cursor: string | undefined,
  kinds: Kinds,
): { [I in keyof Kinds]: Kinds[I] extends 'string' | 'uuid' ? string : number } | undefined {
  if (cursor === undefined) return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (
      Array.isArray(parts) &&
      parts.length === kinds.length &&
      kinds.every((kind, i) => FITS[kind](parts[i]))
    ) {
      return parts as { [I in keyof Kinds]: Kinds[I] extends 'string' | 'uuid' ? string : number };
    }
  } catch {
    // Falls through to the one error.
  }
  throw new TributaryError(
    'request_invalid',
    'cursor must be the nextCursor of an earlier page of the same list.',
  );
}
