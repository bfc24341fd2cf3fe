import type { CountryCode } from 'libphonenumber-js/max';
import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { Event } from '../event/event.js';
import type { JsonObject, JsonValue } from '../json.js';
import { isObject } from '../json.js';
import { visible } from './normalise-text.js';
import type { IdentityRules } from './rules.js';

/** As much of an event as tells the country of a telephone number. */
export type Speaker = Pick<Event, 'type' | 'traits' | 'context' | 'sourceId'>;

const PHONE_CHARS_MAX = 60;
const URI = /^tel:/i;

/**
 * A telephone number as E.164 has it, such as `+493012345678`; empty when it is not a valid one. One with an extension is that
 * of a house, not of a person.
 * @param country ISO 3166-1, of numbers without a prefix; empty when it is not known.
 */
export function normalisePhone(value: string, country: string): string {
  if (value.length > PHONE_CHARS_MAX) return '';
  // NFKC gives the plus and the digits of full width their usual form.
  const text = visible(value).normalize('NFKC').trim().replace(URI, '');
  const known = isPhoneCountry(country) ? { defaultCountry: country } : {};
  const number = parsePhoneNumberFromString(text, { ...known, extract: false });
  return number?.isValid() && number.ext === undefined ? number.number : '';
}

/** True for an ISO 3166-1 code, in capitals, whose numbers are known. */
export function isPhoneCountry(code: string): code is CountryCode {
  return code.length === 2 && isSupportedCountry(code);
}

/** Compiles where the country of numbers without a prefix comes from: the person, else the source, else all alike. */
export function phoneCountry(rules: IdentityRules['phone']): (event: Speaker | undefined) => string {
  const ofSources = new Map(rules?.countryOf?.map(({ source, country }) => [source, country]));
  const ofAll = rules?.country ?? '';
  return (event) =>
    event === undefined ? ofAll : ownCountry(event) || (ofSources.get(event.sourceId) ?? ofAll);
}

/** The country that an event gives for its person; empty when it gives none. */
function ownCountry({ type, traits, context }: Speaker): string {
  // A group call's traits are the group's, not the person's.
  const own = type === 'group' ? '' : countryIn(traits);
  if (own !== '') return own;
  return isObject(context.traits) ? countryIn(context.traits) : '';
}

function countryIn(traits: JsonObject): string {
  const own = Object.hasOwn(traits, 'country') ? asCountry(traits.country) : '';
  if (own !== '' || !Object.hasOwn(traits, 'address')) return own;
  const { address } = traits;
  return isObject(address) && Object.hasOwn(address, 'country') ? asCountry(address.country) : '';
}

function asCountry(given: JsonValue | undefined): string {
  if (typeof given !== 'string' || given.length > 10) return '';
  const code = given.trim().toUpperCase();
  return isPhoneCountry(code) ? code : '';
}
