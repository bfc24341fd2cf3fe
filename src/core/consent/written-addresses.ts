import type { Identifier } from '../identity/identifier.js';
import { normaliseEmail } from '../identity/normalise-email.js';
import { normalisePhone } from '../identity/normalise-phone.js';
import type { JsonObject, JsonValue } from '../json.js';

/** The addresses that a payload is written to, as the identifiers that they are. @param fields those that hold them. */
export function writtenAddresses(payload: JsonObject, fields: readonly string[]): Identifier[] {
  return fields.flatMap((name) => textsIn(payload[name])).flatMap(addressOf);
}

/** An address as it stands in a payload, "Ann <ann@example.com>" among them. */
function addressOf(text: string): Identifier[] {
  const plain = /<([^<>]*)>\s*$/.exec(text)?.[1] ?? text;
  const one = plain.includes('@')
    ? { kind: 'email', value: normaliseEmail(plain) }
    : { kind: 'phone', value: normalisePhone(plain, '') };
  return one.value === '' ? [] : [one];
}

function textsIn(value: JsonValue | undefined): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.flatMap(textsIn) : [];
}
