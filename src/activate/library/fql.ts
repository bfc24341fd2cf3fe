/**
 * Segment's FQL, in which the library says which events a preset takes, as the text of a connection's events: `type = "track" and
 * event != "Order Completed"` is `track where name != "Order Completed"`.
 */

interface Term {
  readonly type?: string;
  readonly event?: string;
  /** Names that it must not have. */
  readonly not: readonly string[];
  readonly properties: ReadonlyArray<{
    readonly path: string;
    readonly operator: string;
    readonly value: string;
  }>;
}

const ANY: Term = { not: [], properties: [] };
const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*")|(!=|==?|[(),])|([\w.-]+))/y;
const TYPES = new Set(['track', 'page', 'screen', 'identify', 'group', 'alias']);

/** The choices of a connection that an expression means, or undefined when there is no text for it. */
export function fqlToEvents(fql: string): string | undefined {
  try {
    const terms = new FqlReader(fql).read();
    return terms.map(print).join(' or ');
  } catch (error) {
    if (error instanceof FqlError) return undefined;
    throw error;
  }
}

class FqlError extends Error {}

/** Reads an expression as alternatives of terms that hold together. */
class FqlReader {
  readonly #tokens: string[] = [];

  constructor(fql: string) {
    TOKEN.lastIndex = 0;
    const text = fql.trim();
    while (TOKEN.lastIndex < text.length) {
      const found = TOKEN.exec(text);
      if (found === null) throw new FqlError(`cannot be read: ${fql}`);
      this.#tokens.push(found[1] ?? found[2] ?? found[3] ?? '');
    }
  }

  read(): Term[] {
    const terms = this.#either();
    if (this.#tokens.length > 0) throw new FqlError('ends too late');
    return terms;
  }

  #either(): Term[] {
    const terms = this.#both();
    while (this.#take(/^or$/i)) terms.push(...this.#both());
    return terms;
  }

  #both(): Term[] {
    let terms = this.#one();
    while (this.#take(/^(?:and|,)$/i)) {
      const others = this.#one();
      terms = terms.flatMap((term) => others.map((other) => joined(term, other)));
    }
    return terms;
  }

  #one(): Term[] {
    if (!this.#take(/^\($/)) return [this.#comparison()];
    const terms = this.#either();
    if (!this.#take(/^\)$/)) throw new FqlError('a parenthesis is missing');
    return terms;
  }

  #comparison(): Term {
    const [field = '', operator = '', text = ''] = this.#tokens.splice(0, 3);
    const value = text.startsWith('"') ? (JSON.parse(text) as string) : text;
    const equal = operator === '=' || operator === '==';
    if (!equal && operator !== '!=') throw new FqlError(`${operator} is no comparison`);
    const type = value.toLowerCase();
    if (field === 'type' && equal && TYPES.has(type)) return { ...ANY, type };
    if (field === 'event') return equal ? { ...ANY, event: value } : { ...ANY, not: [value] };
    if (field.startsWith('properties.'))
      return { ...ANY, properties: [{ path: field, operator: equal ? '=' : '!=', value }] };
    throw new FqlError(`${field} is not known`);
  }

  #take(token: RegExp): boolean {
    if (!token.test(this.#tokens[0] ?? '')) return false;
    this.#tokens.shift();
    return true;
  }
}

function joined(a: Term, b: Term): Term {
  const [type, event] = [a.type ?? b.type, a.event ?? b.event];
  return {
    ...(type === undefined ? {} : { type }),
    ...(event === undefined ? {} : { event }),
    not: [...a.not, ...b.not],
    properties: [...a.properties, ...b.properties],
  };
}

function print({ type, event, not, properties }: Term): string {
  if (event !== undefined && (type ?? 'track') !== 'track')
    throw new FqlError('only track calls have an event');
  const head = event === undefined ? (type ?? 'track') : JSON.stringify(event);
  const conditions = [
    ...(not.length > 1 ? [`name not in (${not.map((name) => JSON.stringify(name)).join(', ')})`] : []),
    ...(not.length === 1 ? [`name != ${JSON.stringify(not[0])}`] : []),
    ...properties.map(({ path, operator, value }) => `${path} ${operator} ${JSON.stringify(value)}`),
  ];
  if (conditions.length === 0) return head;
  return `${head} where ${conditions.length === 1 ? conditions[0] : `(${conditions.join(' and ')})`}`;
}
