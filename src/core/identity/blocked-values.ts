import { compilePattern } from './compile-pattern.js';

/** What broken code, forms and exports send in the place of a name, whatever its kind. In lower case. */
const NOBODYS_NAMES: ReadonlySet<string> = new Set([
  ...['null', '(null)', 'undefined', '(undefined)', 'nil', 'none', '(none)', 'n/a', '#n/a', 'na', 'nan'],
  ...['unknown', '(unknown)', 'unidentified', 'not set', '(not set)', 'not_set', 'not-set', 'notset'],
  ...['anonymous', 'anon', 'guest', 'test', 'true', 'false', '-1', '?', '""', "''", '{}', '[]'],
]);

/** Addresses that people type to get past a form. In lower case. */
const NOBODYS_ADDRESSES: ReadonlySet<string> = new Set([
  ...[
    'test@test.com',
    'test@test.de',
    'test@example.com',
    'test@mail.com',
    'test@gmail.com',
    'test@email.com',
  ],
  ...['a@a.com', 'a@a.de', 'a@b.com', 'a@b.de', 'aa@aa.com', 'aaa@aaa.com', 'abc@abc.com', 'asdf@asdf.com'],
  ...[
    'x@x.com',
    'no@no.com',
    'none@none.com',
    'na@na.com',
    'null@null.com',
    'noemail@noemail.com',
    'no@email.com',
  ],
  ...['undefined@undefined.com', 'email@email.com', 'mail@mail.com', 'example@example.com', 'qwe@qwe.com'],
]);

const NAME_CHARS_MAX = Math.max(
  ...Array.from([...NOBODYS_NAMES, ...NOBODYS_ADDRESSES], ({ length }) => length),
);

/** Zeros alone; so is the zero UUID, with braces or without. */
const ZEROS = /^\{?[0.\-_ ]+\}?$/;
/** A number of one digit, after the prefix of its country. */
const ONE_DIGIT_PHONE = /^\+\d{0,3}(\d)\1{6,}$/;
/** What a template that nobody filled in is as a whole: `${id}`, `%id%`, `%%id%%`, `*|id|*`, `<id>`, `[id]`. */
const TEMPLATE = /^(?:\$\{.*\}|%[^%].*%|%%.*%%|\*\|.*\|\*|<.*>|\[.*\])$/;
/** What is one wherever it stands: no name holds it. */
const TEMPLATE_WITHIN = /\{\{.*\}\}|\$\{.*\}/;
const NO_REPLY = /^(?:no|do[-_.]?not)[-_.]?reply@/i;
const CROSSES = /^x{3,}$/i;

/** True when a trimmed value names nobody, whatever its kind. */
export function namesNobody(value: string): boolean {
  if (value.length <= NAME_CHARS_MAX) {
    const lower = value.toLowerCase();
    if (NOBODYS_NAMES.has(lower) || NOBODYS_ADDRESSES.has(lower)) return true;
  }
  return hasEmptyForm(value) || (value.includes('{') && TEMPLATE_WITHIN.test(value)) || isObjectText(value);
}

/** The first character says which form it may be: nearly all values have none of these, and are let pass at once. */
function hasEmptyForm(value: string): boolean {
  switch (value.charAt(0)) {
    case '0':
    case '{':
    case '-':
    case '.':
    case '_':
      return ZEROS.test(value);
    case '+':
      return ONE_DIGIT_PHONE.test(value);
    case '$':
    case '%':
    case '*':
    case '<':
    case '[':
      return TEMPLATE.test(value);
    case 'x':
    case 'X':
      return CROSSES.test(value);
    case 'n':
    case 'N':
    case 'd':
    case 'D':
      return NO_REPLY.test(value);
    default:
      return false;
  }
}

/** What JavaScript makes of an object where a text was wanted. */
function isObjectText(value: string): boolean {
  return value.includes('[object ') || value.includes('[Object ');
}

/** Splits off the pattern of an entry `/…/` of a kind's `blocked`; undefined for a plain value. */
export function blockedPattern(entry: string): string | undefined {
  return entry.length > 2 && entry.startsWith('/') && entry.endsWith('/') ? entry.slice(1, -1) : undefined;
}

/**
 * Compiles the `blocked` list of a kind. A plain value blocks as it is written and as the kind normalises it.
 * @returns undefined when there is none.
 */
export function compileBlocked(
  entries: readonly string[],
  normalise: (value: string) => string,
): ((value: string) => boolean) | undefined {
  if (entries.length === 0) return undefined;
  const values = new Set<string>();
  const patterns: Array<(value: string) => boolean> = [];
  for (const entry of entries) {
    const pattern = blockedPattern(entry);
    if (pattern === undefined) values.add(entry.trim().toLowerCase()).add(normalise(entry).toLowerCase());
    else patterns.push(compilePattern(pattern, true));
  }
  return (value) => values.has(value.toLowerCase()) || patterns.some((matches) => matches(value));
}
