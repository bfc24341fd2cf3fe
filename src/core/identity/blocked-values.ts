/**
 * Values that name nobody, whatever their kind: what broken code, forms and templates send in the place of a name. Compared in
 * lower case.
 */
const NOBODYS_NAMES: ReadonlySet<string> = new Set([
  ...[
    'null',
    'undefined',
    'nil',
    'none',
    'n/a',
    'nan',
    '-',
    '--',
    '?',
    '.',
    '""',
    "''",
    '{}',
    '[]',
    '[object object]',
  ],
  ...[
    'anonymous',
    'anon',
    'guest',
    'unknown',
    'unidentified',
    'not set',
    '(not set)',
    'not_set',
    'true',
    'false',
    '-1',
  ],
  ...[
    'test@test.com',
    'test@test.de',
    'a@a.com',
    'a@b.com',
    'no@no.com',
    'none@none.com',
    'na@na.com',
    'null@null.com',
  ],
  ...[
    'noemail@noemail.com',
    'no@email.com',
    'email@email.com',
    'abc@abc.com',
    'asdf@asdf.com',
    'qwe@qwe.com',
  ],
]);

/** Zeros alone, the zero UUID included; a phone number of one digit; a template that nobody filled in. */
const NOBODYS_FORMS: readonly RegExp[] = [
  /^[0.-]+$/,
  /^\+(\d)\1{6,}$/,
  /^(\{\{.*\}\}|\$\{.*\}|%[%{a-z_].*%|<.*>|\[.*\])$/,
  /^(no-?reply|do-?not-?reply)@/,
];

/** What a kind blocks beside what all kinds do. */
export interface Blocked {
  readonly values: ReadonlySet<string>;
  readonly forms: readonly RegExp[];
}

/** Reads the `blocked` list of a kind: plain values, and expressions between slashes. */
export function readBlocked(entries: readonly string[]): Blocked {
  const isForm = (entry: string) => entry.length > 2 && entry.startsWith('/') && entry.endsWith('/');
  return {
    values: new Set(entries.filter((entry) => !isForm(entry)).map((entry) => entry.trim().toLowerCase())),
    forms: entries.filter(isForm).map((entry) => new RegExp(`^(?:${entry.slice(1, -1)})$`, 'iu')),
  };
}

/** True when a normalised value names nobody. */
export function isBlocked(value: string, own: Blocked): boolean {
  const lower = value.toLowerCase();
  if (NOBODYS_NAMES.has(lower) || own.values.has(lower)) return true;
  return NOBODYS_FORMS.some((form) => form.test(lower)) || own.forms.some((form) => form.test(value));
}
