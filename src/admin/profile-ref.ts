import { Type } from 'typebox';
import { TributaryError } from '../core/errors.js';
import type { Identifier } from '../core/identity/identifier.js';
import type { Profile } from '../core/profile/profile.js';
import { findProfile } from '../stores/state/profiles.js';
import type { AdminParts } from './admin-parts.js';
import type { RulesInForce } from './rules-in-force.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The path parameter of routes on one profile. */
export const ByProfileRef = Type.Object({
  ref: Type.String({
    description:
      "By an identifier, `kind:value` with the value URL-encoded, or by `id:` and the profile's id. The kinds are those of the rules in force.",
    examples: ['user_id:42', 'email:ann@example.com'],
  }),
});

/** Reads `kind:value` as an identifier, normalised. @throws TributaryError `request_invalid` */
export function readIdentifier(text: string, { rules }: RulesInForce): Identifier {
  const at = text.indexOf(':');
  const kind = text.slice(0, at);
  if (at < 1 || rules.kindOf(kind) === undefined) {
    const kinds = rules.kinds.map((known) => known.kind).join(', ');
    throw new TributaryError(
      'request_invalid',
      `${JSON.stringify(text)}: give kind:value, kind one of ${kinds}.`,
    );
  }
  const given = text.slice(at + 1);
  const value = rules.normalise(kind, given);
  if (value !== '') return { kind, value };
  throw new TributaryError('request_invalid', `${JSON.stringify(given)} is not a valid ${kind}.`);
}

/** Finds the profile that a reference names. @throws TributaryError `request_invalid`, `not_found` */
export async function profileByRef(
  text: string,
  { pool, rulesInForce }: AdminParts,
): Promise<{ profile: Profile; force: RulesInForce }> {
  const force = await rulesInForce();
  const profile = await findProfile(
    pool,
    text.startsWith('id:') ? readId(text.slice(3)) : readIdentifier(text, force),
  );
  if (!profile) throw new TributaryError('not_found', `There is no profile ${text}.`);
  return { profile, force };
}

function readId(given: string): Identifier {
  const value = given.toLowerCase();
  if (UUID.test(value)) return { kind: 'id', value };
  throw new TributaryError('request_invalid', `${JSON.stringify(given)} is not a valid id.`);
}
