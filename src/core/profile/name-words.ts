/** People by their names: how a search and a profile are compared. */
import type { JsonValue } from '../json.js';

/** Traits that hold a name. */
export const NAME_TRAITS = [
  'name',
  'firstName',
  'lastName',
  'first_name',
  'last_name',
  'firstname',
  'lastname',
  'company',
] as const;

/** Words that a search may have; further ones are ignored. */
const WORDS_MAX = 5;

/** The words of a search, in small letters. */
export function searchWords(search: string): string[] {
  return search.toLowerCase().split(/\s+/).filter(Boolean).slice(0, WORDS_MAX);
}

/** Whether each word begins one of a name's. @param traits as they count now */
export function isNamed(traits: Readonly<Record<string, JsonValue>>, words: readonly string[]): boolean {
  const names = NAME_TRAITS.map((trait) => (Object.hasOwn(traits, trait) ? traits[trait] : undefined));
  const text = names.flatMap((name) => (typeof name === 'string' ? ` ${name.toLowerCase()}` : [])).join('');
  return words.every((word) => text.includes(` ${word}`));
}
