/** A name for one person in one namespace; `value` is normalised. */
export interface Identifier {
  readonly kind: string;
  readonly value: string;
  /** Its `identifierKey`, where that is known already: making one costs more than looking it up. */
  readonly key?: string;
}

/** One key for both parts. Values hold no control characters, so the key is unambiguous. */
export function identifierKey(kind: string, value: string): string {
  return `${kind}\n${value}`;
}

/** The key of an identifier. */
export function keyOf({ kind, value, key }: Identifier): string {
  return key ?? identifierKey(kind, value);
}

/** The identifier of a key. */
export function identifierOf(key: string): Identifier {
  const at = key.indexOf('\n');
  return { kind: key.slice(0, at), value: key.slice(at + 1), key };
}
