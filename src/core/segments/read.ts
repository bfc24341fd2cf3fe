/** Reads what somebody wrote as a definition: everything that is wrong is named by its path, with the fix. */
import { TributaryError } from '../errors.js';
import { isObject, type JsonObject } from '../json.js';
import { readDuration } from './duration.js';
import { readMoment, wallClock } from './moment.js';
import { readPathKeys } from './path.js';

const TEXT_CHARS_MAX = 2_000;
const VALUES_MAX = 1_000;

/** Refuses a definition. @param at the path of what is wrong, such as `definition.of[1].is.value`. */
export function refuse(at: string, fix: string): never {
  throw new TributaryError('definition_invalid', `${at}: ${fix}`);
}

/** The fields of one object of a definition: each is read once, and what nobody read is refused. */
export class Fields {
  readonly at: string;
  readonly #object: JsonObject;
  readonly #read = new Set<string>();

  constructor(value: unknown, at: string) {
    if (!isObject(value)) refuse(at, 'must be an object.');
    this.at = at;
    this.#object = value;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#object, name);
  }

  /** The value of a field, and where it stands. */
  raw(name: string): { value: unknown; at: string } {
    this.#read.add(name);
    return { value: this.has(name) ? this.#object[name] : undefined, at: `${this.at}.${name}` };
  }

  text(name: string): string {
    const { value, at } = this.raw(name);
    if (typeof value !== 'string' || value === '') refuse(at, 'must be a text that is not empty.');
    if (value.length > TEXT_CHARS_MAX) refuse(at, `must have at most ${TEXT_CHARS_MAX} characters.`);
    return value;
  }

  /** A text that may be empty. */
  anyText(name: string): string {
    const { value, at } = this.raw(name);
    if (typeof value !== 'string' || value.length > TEXT_CHARS_MAX)
      refuse(at, `must be a text of at most ${TEXT_CHARS_MAX} characters.`);
    return value;
  }

  oneOf<const Options extends readonly string[]>(name: string, options: Options): Options[number] {
    const { value, at } = this.raw(name);
    if (typeof value !== 'string' || !options.includes(value))
      refuse(at, `must be one of ${options.join(', ')}.`);
    return value;
  }

  number(name: string, { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = {}): number {
    const { value, at } = this.raw(name);
    if (typeof value !== 'number' || !Number.isFinite(value) || value < min || value > max) {
      const range = min === Number.NEGATIVE_INFINITY ? '' : ` from ${min} to ${max}`;
      refuse(at, `must be a number${range}.`);
    }
    return value;
  }

  whole(name: string, bounds: { min: number; max: number }): number {
    const value = this.number(name, bounds);
    if (!Number.isInteger(value)) refuse(`${this.at}.${name}`, 'must be a whole number.');
    return value;
  }

  flag(name: string): boolean {
    const { value, at } = this.raw(name);
    if (typeof value !== 'boolean') refuse(at, 'must be true or false.');
    return value;
  }

  /** A value that is compared with. */
  scalar(name: string): string | number | boolean {
    const { value, at } = this.raw(name);
    return asScalar(value, at);
  }

  scalars(name: string): Array<string | number | boolean> {
    const { value, at } = this.raw(name);
    if (!Array.isArray(value) || value.length === 0) refuse(at, 'must be a list of at least one value.');
    if (value.length > VALUES_MAX)
      refuse(at, `has ${value.length} values; at most ${VALUES_MAX} are taken. Upload a list instead.`);
    return value.map((one, index) => asScalar(one, `${at}[${index}]`));
  }

  list(name: string, { min, max }: { min: number; max: number }): Array<{ value: unknown; at: string }> {
    const { value, at } = this.raw(name);
    if (!Array.isArray(value) || value.length < min || value.length > max)
      refuse(at, `must be a list of ${min} to ${max}.`);
    return value.map((one, index) => ({ value: one as unknown, at: `${at}[${index}]` }));
  }

  duration(name: string): string {
    const { value, at } = this.raw(name);
    if (typeof value !== 'string' || readDuration(value) === undefined)
      refuse(
        at,
        'must be a duration such as "7 days": a whole number, and seconds, minutes, hours, days or weeks.',
      );
    return value;
  }

  moment(name: string): string {
    const { value, at } = this.raw(name);
    if (typeof value !== 'string' || readMoment(value) === undefined)
      refuse(at, 'must be a date such as "2026-03-01", or a time such as "2026-03-01T09:30:00Z".');
    return value;
  }

  path(name: string): string {
    const { value, at } = this.raw(name);
    if (typeof value !== 'string' || value.length > TEXT_CHARS_MAX || readPathKeys(value) === undefined)
      refuse(at, 'must be a path: keys separated by dots, none of them empty; a dot inside a key is \\.');
    return value;
  }

  zone(name: string): string {
    const { value, at } = this.raw(name);
    if (typeof value !== 'string' || wallClock(value) === undefined)
      refuse(at, 'must be the name of a time zone, such as Europe/Berlin.');
    return value;
  }

  /** Refuses fields that nobody asked for. */
  end(): void {
    for (const name of Object.keys(this.#object)) {
      if (this.#read.has(name)) continue;
      const known = [...this.#read].join(', ');
      refuse(`${this.at}.${name}`, `is not known here. Known are ${known}.`);
    }
  }
}

function asScalar(value: unknown, at: string): string | number | boolean {
  if (typeof value === 'string' && value.length <= TEXT_CHARS_MAX) return value;
  if (typeof value === 'boolean' || Number.isFinite(value)) return value as boolean | number;
  return refuse(at, `must be a text of at most ${TEXT_CHARS_MAX} characters, a number, true or false.`);
}
