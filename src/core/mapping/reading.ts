/** Reads the parts of a mapping: what is wrong is refused with its path and the fix. */
import type { JsonValue } from '../json.js';
import { isObject, type JsonObject } from '../json.js';
import { LIMITS } from '../limits.js';
import { refuse } from '../segments/read.js';
import { DIRECTIVES, isDirectiveName } from './directives/directives.js';
import { isDirective } from './is-directive.js';
import { nearestName } from './nearest-name.js';
import { constantPart, type MadeObject, type Part } from './part.js';

/** A value of a mapping, not read yet, and where it stands. */
export interface Unread {
  readonly value: unknown;
  readonly at: string;
}

/** Reads a mapping part by part, and keeps what is to be known of all of it. */
export class Reading {
  /** The paths of the event that are read; `$` is all of it. */
  readonly paths = new Set<string>();
  #values = 0;
  #depth = 0;
  #inner = 0;

  /** Reads any part: a directive, an object or list of parts, or a plain value. */
  part({ value, at }: Unread): Part {
    this.#values += 1;
    if (this.#values > LIMITS.mappingValuesMax)
      refuse(at, `has more than ${LIMITS.mappingValuesMax} values.`);
    if (this.#depth > LIMITS.mappingDepthMax)
      refuse(at, `is nested more than ${LIMITS.mappingDepthMax} deep.`);
    this.#depth += 1;
    try {
      return this.#read(value, at);
    } finally {
      this.#depth -= 1;
    }
  }

  /** Reads a part that something is made of: its value has to be known at once. */
  known(unread: Unread): Part {
    const part = this.part(unread);
    if (part.late) {
      refuse(
        unread.at,
        'is known only when it is sent, so nothing can be made of it but a text, with @join.',
      );
    }
    return part;
  }

  /** Reads a part that is a text, or a directive that makes one. */
  textOrDirective(unread: Unread): Part {
    const { value, at } = unread;
    if (typeof value !== 'string' && !isDirective(value)) refuse(at, 'must be a text or a directive.');
    return this.known(unread);
  }

  /** Notes that a path of the event is read, by its keys. */
  reads(keys: readonly string[]): void {
    if (this.#inner === 0) this.paths.add(keys.length === 0 ? '$' : keys.join('.'));
  }

  /** Reads parts whose paths begin elsewhere than at the event: at an item, or at what a directive made. */
  within<Read>(read: () => Read): Read {
    this.#inner += 1;
    try {
      return read();
    } finally {
      this.#inner -= 1;
    }
  }

  #read(value: unknown, at: string): Part {
    if (Array.isArray(value)) return this.#list(value, at);
    if (isObject(value)) {
      const name = directiveName(value, at);
      if (name === undefined) return this.#shape(value, at);
      return DIRECTIVES[name]({ value: value[name], at: `${at}.${name}` }, this);
    }
    if (typeof value === 'string' && value.length > LIMITS.mappingTextCharsMax) {
      refuse(at, `must have at most ${LIMITS.mappingTextCharsMax} characters.`);
    }
    if (value === undefined) refuse(at, 'must be given.');
    return constantPart(value as JsonValue);
  }

  #list(values: readonly unknown[], at: string): Part {
    const parts = values.map((value, index) => this.part({ value, at: `${at}[${index}]` }));
    const constants = parts.map(({ constant }) => constant).filter((constant) => constant !== undefined);
    if (constants.length === parts.length) return constantPart(constants);
    return {
      evaluate: (given, tools) => parts.map(({ evaluate }) => evaluate(given, tools)),
      late: parts.some(({ late }) => late),
    };
  }

  #shape(value: JsonObject, at: string): Part {
    const names = Object.keys(value);
    if (names.includes('__proto__')) refuse(`${at}.__proto__`, 'cannot be a name.');
    const parts = names.map((name) => this.part({ value: value[name], at: `${at}.${name}` }));
    const constants = parts.map(({ constant }) => constant).filter((constant) => constant !== undefined);
    if (constants.length === parts.length) {
      return constantPart(Object.fromEntries(constants.map((constant, index) => [names[index], constant])));
    }
    // There is a part for each name.
    const fields = names.map((name, index) => [name, parts[index]!.evaluate] as const);
    return {
      evaluate(given, tools) {
        const made: MadeObject = {};
        for (const [name, evaluate] of fields) made[name] = evaluate(given, tools);
        return made;
      },
      late: parts.some(({ late }) => late),
    };
  }
}

/** The directive that an object is; undefined when it is a plain one. */
function directiveName(value: JsonObject, at: string): keyof typeof DIRECTIVES | undefined {
  const keys = Object.keys(value);
  const [name, ...others] = keys.filter((key) => key.startsWith('@'));
  if (name === undefined) return undefined;
  if (others.length > 0 || keys.some((key) => key !== name && key !== '_metadata')) {
    refuse(
      at,
      `has ${name} beside other keys: an object with a key that starts with @ may hold nothing else.`,
    );
  }
  if (isDirectiveName(name)) return name;
  const known = Object.keys(DIRECTIVES);
  const near = nearestName(name, known);
  return refuse(
    `${at}.${name}`,
    `is no directive.${near === undefined ? '' : ` Did you mean ${near}?`} There are ${known.join(', ')}.`,
  );
}
