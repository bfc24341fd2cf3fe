import { refuseText } from './refuse-text.js';

/** The smallest part of a definition's text. */
export interface Token {
  /** `path` is one in backquotes, `end` the end of the text. */
  readonly kind: 'word' | 'path' | 'text' | 'number' | 'moment' | 'symbol' | 'end';
  /** As it was written. */
  readonly raw: string;
  /** What it means: without quotes and escapes, words in the case in which they were written. */
  readonly value: string;
  /** Offset of its first character. */
  readonly start: number;
}

type Rule = readonly [kind: Token['kind'] | 'space', pattern: RegExp, meaning?: (raw: string) => string];

/** In this order: a date begins like a number. None of the patterns can take more than linear time. */
const RULES: readonly Rule[] = [
  ['space', /(?:\s|#.*)+/y],
  ['moment', /\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?/y],
  ['number', /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/iy],
  ['word', /o'clock|[\p{L}_$](?:[\p{L}\p{M}\p{N}_$-]|\\\.|\.(?=[\p{L}\p{N}_$]))*/iuy],
  ['text', /"[^"\\\n]*(?:\\.[^"\\\n]*)*"/y, (raw) => JSON.parse(raw) as string],
  ['path', /`[^`]*(?:``[^`]*)*`/y, (raw) => raw.slice(1, -1).replaceAll('``', '`')],
  ['symbol', /<=|>=|!=|[=<>(),%]/y],
];

/** What people write for what is written otherwise here. */
const HABITS: ReadonlyArray<readonly [habit: string, fix: string]> = [
  ['"', 'This text has no closing quote on its line. Write " at its end, and \\" for a quote in it.'],
  ['`', 'This name has no closing backquote.'],
  ["'", 'Texts stand in double quotes: write "…".'],
  ['“', 'Texts stand in straight quotes: write "…".'],
  ['”', 'Texts stand in straight quotes: write "…".'],
  ['&', 'Write `and`.'],
  ['|', 'Write `or`.'],
  ['!', 'Write `not` before a condition, or `!=` for another value.'],
  ['.', 'A dot stands only between the keys of a path; dates are written year first: 2026-03-01.'],
  [';', 'Conditions are joined by `and` or `or`.'],
];

/**
 * The tokens of a text, without space and comments, and `end` after the last.
 * @throws TextError for what begins no token.
 */
export function lex(text: string): Token[] {
  const tokens: Token[] = [];
  let start = 0;
  while (start < text.length) {
    const { kind, raw, value } = tokenAt(text, start);
    if (kind !== 'space') tokens.push({ kind, raw, value, start });
    start += raw.length;
  }
  return [...tokens, { kind: 'end', raw: '', value: '', start }];
}

function tokenAt(text: string, start: number): { kind: Token['kind'] | 'space'; raw: string; value: string } {
  for (const [kind, pattern, meaning] of RULES) {
    pattern.lastIndex = start;
    const raw = pattern.exec(text)?.[0];
    if (raw !== undefined) return { kind, raw, value: meaningOf(raw, meaning, text, start) };
  }
  const [, fix = 'Names with such characters stand in backquotes, texts in double quotes.'] =
    HABITS.find(([habit]) => text.startsWith(habit, start)) ?? [];
  return refuseText(text, start, `found \`${String.fromCodePoint(text.codePointAt(start) ?? 0)}\`. ${fix}`);
}

function meaningOf(raw: string, meaning: Rule[2], text: string, start: number): string {
  try {
    return meaning === undefined ? raw : meaning(raw);
  } catch {
    return refuseText(
      text,
      start,
      `found \`${raw}\`, whose escapes cannot be read. Write \\\\ for a backslash, \\n for a new line, \\t for a tab.`,
    );
  }
}
