import { TributaryError } from '../core/errors.js';
import type { Identifier } from '../core/identity/identifier.js';
import type { IdentifierRule } from '../core/identity/rules.js';
import { giveIdentifier } from '../core/identity/write-path.js';
import type { JsonObject } from '../core/json.js';
import { readRules } from '../stores/state/identity-rules.js';
import type { AdminParts } from './admin-parts.js';

/** Somebody, as a call of our own names them. */
export interface NamedPerson {
  /** Normalised. */
  readonly identifier: Identifier;
  /** The parts of a call that give the identifier. */
  readonly given: JsonObject;
}

/** Names a person in a call. @param at the place of the identifier in the request. */
export type PersonNamer = (identifier: Identifier, at: string) => NamedPerson;

/**
 * Makes calls name people by the rules in force.
 * @returns a function that throws TributaryError `request_invalid`, which names the place and the fix.
 */
export async function personNamer({
  pool,
  rulesInForce,
}: Pick<AdminParts, 'pool' | 'rulesInForce'>): Promise<PersonNamer> {
  const [{ rules }, force] = await Promise.all([readRules(pool), rulesInForce()]);
  const kinds = new Map<string, IdentifierRule>(rules.identifiers.map((rule) => [rule.kind, rule]));
  return ({ kind, value }, at) => {
    const rule = kinds.get(kind);
    const given = rule && giveIdentifier(rule, value);
    if (given === undefined) {
      const known = [...kinds.values()].filter((one) => giveIdentifier(one, 'x') !== undefined);
      const names = known.map((one) => one.kind).join(', ');
      throw new TributaryError('request_invalid', `${at}.kind: must be one of ${names}.`);
    }
    const normal = force.rules.normalise(kind, value);
    if (normal !== '') return { identifier: { kind, value: normal }, given };
    throw new TributaryError(
      'request_invalid',
      `${at}.value: ${JSON.stringify(value)} is not a valid ${kind}.`,
    );
  };
}
