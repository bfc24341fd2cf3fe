/** Tests of texts: what they contain, and patterns. */
import { RE2JS } from 're2js';
import type { Test } from '../definition.js';
import { type Fields, refuse } from '../read.js';
import { sure } from '../sql/sql-value.js';
import { type CompiledTest, never } from './compiled-test.js';

type Texts = Extract<Test, { op: 'contains' | 'starts_with' | 'ends_with' | 'matches' }>;

const FUNCTIONS = { contains: 'position', starts_with: 'startsWith', ends_with: 'endsWith' } as const;

/** Reads `contains`, `starts_with`, `ends_with` or `matches`. */
export function readTexts(fields: Fields, op: Texts['op']): Texts {
  const ignoreCase = fields.has('ignoreCase') ? { ignoreCase: fields.flag('ignoreCase') } : {};
  if (op !== 'matches') return { op, value: fields.anyText('value'), ...ignoreCase };
  const pattern = fields.text('pattern');
  try {
    RE2JS.compile(pattern);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    refuse(`${fields.at}.pattern`, `is no pattern in RE2 syntax: ${why}`);
  }
  return { op, pattern, ...ignoreCase };
}

/** Compiles one of them. */
export function compileTexts(test: Texts): CompiledTest {
  if (test.op === 'matches') return compileMatches(test.pattern, test.ignoreCase === true);
  const { op, ignoreCase = false } = test;
  const wanted = ignoreCase ? test.value.toLowerCase() : test.value;
  const found = { contains: includes, starts_with: startsWith, ends_with: endsWith }[op];
  return {
    holds: (value) => typeof value === 'string' && found(ignoreCase ? value.toLowerCase() : value, wanted),
    flipsAt: never,
    sql(value, sql) {
      const text = ignoreCase ? `lowerUTF8(${value.text})` : value.text;
      return sure(`${FUNCTIONS[op]}(${text}, ${sql.text(wanted)}) != 0`);
    },
  };
}

function compileMatches(pattern: string, ignoreCase: boolean): CompiledTest {
  const compiled = RE2JS.compile(pattern, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
  return {
    holds: (value) => typeof value === 'string' && compiled.matcher(value).find(),
    flipsAt: never,
    sql: (value, sql) =>
      // ClickHouse lets a dot match a line break, and RE2 does not.
      sure(`match(${value.text}, ${sql.text(`(?-s)${ignoreCase ? '(?i)' : ''}${pattern}`)})`),
  };
}

function includes(text: string, wanted: string): boolean {
  return text.includes(wanted);
}

function startsWith(text: string, wanted: string): boolean {
  return text.startsWith(wanted);
}

function endsWith(text: string, wanted: string): boolean {
  return text.endsWith(wanted);
}
