import { namesNobody } from '../identity/blocked-values.js';
import type { JsonObject, JsonValue } from '../json.js';
import { isObject } from '../json.js';

/** Reads the value of a trait that counts. */
export type ReadTrait = (name: string) => JsonValue | undefined;

/** The names under which clients give what people are told apart by. */
export const FACT_TRAITS = {
  email: ['email'],
  phone: ['phone', 'mobile', 'phone_number'],
  firstName: ['firstName', 'first_name', 'firstname'],
  lastName: ['lastName', 'last_name', 'lastname'],
  name: ['name'],
  birthday: ['birthday', 'birthdate', 'birthDate', 'birth_date', 'dateOfBirth', 'date_of_birth', 'dob'],
  address: ['address'],
  street: ['street', 'street1', 'address1', 'line1'],
  postalCode: ['postalCode', 'postal_code', 'postcode', 'zip'],
  city: ['city'],
} as const;

const MARKS = /\p{M}/gu;
const NO_LETTERS = /[^\p{L}\p{N}]+/gu;
const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})(?:$|[T ])/;
const DOTTED_DATE = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/;
/** What forms and exports put where a birthday is not known. */
const NO_BIRTHDAYS: ReadonlySet<string> = new Set(['0001-01-01', '1900-01-01', '1970-01-01']);
const WORDS_CHARS_MAX = 200;

/** Words as they are compared: in small letters, without accents and punctuation; empty when they say nothing. */
export function comparableWords(value: JsonValue | undefined): string {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string' || value.length > WORDS_CHARS_MAX || namesNobody(value.trim())) return '';
  return value
    .normalize('NFKD')
    .replace(MARKS, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replace(NO_LETTERS, ' ')
    .trim();
}

/** The family name; of a name in one piece, what stands before its comma, or its last word. */
export function familyName(read: ReadTrait): string {
  const own = firstWords(read, FACT_TRAITS.lastName);
  if (own !== '') return own;
  const [first = '', last = ''] = wholeName(read);
  return first === '' ? '' : last;
}

/** First and family name in that order; empty unless both are known. */
export function fullName(read: ReadTrait): string {
  const names = [firstWords(read, FACT_TRAITS.firstName), firstWords(read, FACT_TRAITS.lastName)];
  const known = names.includes('') ? wholeName(read) : names;
  return known.includes('') ? '' : known.join(' ');
}

/** A name in one piece, parted before its family name. */
function wholeName(read: ReadTrait): string[] {
  const given = read(FACT_TRAITS.name[0]);
  if (typeof given !== 'string') return [''];
  const [before = '', after = ''] = given.split(',');
  if (after.trim() !== '') return [comparableWords(after), comparableWords(before)];
  const words = comparableWords(given).split(' ');
  return [words.slice(0, -1).join(' '), words.at(-1) ?? ''];
}

/** The day of birth as `1990-01-31`; empty when it is not known for sure. */
export function birthday(read: ReadTrait): string {
  for (const name of FACT_TRAITS.birthday) {
    const given = read(name);
    if (typeof given !== 'string') continue;
    const day = dayOf(given.trim());
    if (day !== '') return day;
  }
  return '';
}

function dayOf(text: string): string {
  const [, year, month, day] = ISO_DATE.exec(text) ?? [];
  const [, dottedDay, dottedMonth, dottedYear] = DOTTED_DATE.exec(text) ?? [];
  const parts =
    year === undefined
      ? [dottedYear, dottedMonth?.padStart(2, '0'), dottedDay?.padStart(2, '0')]
      : [year, month, day];
  const found = parts.join('-');
  const at = Date.parse(`${found}T00:00:00Z`);
  // Dates that the calendar does not have come out as others.
  const isReal = !Number.isNaN(at) && new Date(at).toISOString().startsWith(found);
  return isReal && !NO_BIRTHDAYS.has(found) ? found : '';
}

/** Street with its number, and the postal code, or else the city; empty unless both are known. */
export function postalAddress(read: ReadTrait): string {
  const [whole] = FACT_TRAITS.address.map(read);
  if (typeof whole === 'string') {
    const words = comparableWords(whole);
    return /\d/.test(words) && words.includes(' ') ? words : '';
  }
  const within: ReadTrait = isObject(whole) ? (name) => ownValue(whole, name) : read;
  const street = firstWords(within, FACT_TRAITS.street);
  const place = firstWords(within, FACT_TRAITS.postalCode) || firstWords(within, FACT_TRAITS.city);
  return street === '' || place === '' ? '' : `${street}, ${place}`;
}

function firstWords(read: ReadTrait, names: readonly string[]): string {
  for (const name of names) {
    const words = comparableWords(read(name));
    if (words !== '') return words;
  }
  return '';
}

function ownValue(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
