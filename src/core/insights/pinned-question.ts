/** Questions that are kept to be asked again: an insight of the last days, or SQL. */
import { MASK } from '../access/mask.js';
import { Fields, refuse } from '../segments/read.js';
import { type Funnel, readFunnel } from './funnel.js';
import type { Period } from './period.js';
import { type Retention, readRetention } from './retention.js';
import { readTrends, type Trends } from './trends.js';

/** An insight without its period: that ends when it is asked, on the clock of who asks. */
type Kept<Insight extends Period> = Omit<Insight, keyof Period> & {
  /** How many, today included. */
  readonly days: number;
};

/** What is kept of a question. */
export type PinnedQuestion =
  | ({ readonly kind: 'trends' } & Kept<Trends>)
  | ({ readonly kind: 'funnels' } & Kept<Funnel>)
  | ({ readonly kind: 'retention' } & Kept<Retention>)
  | { readonly kind: 'sql'; readonly sql: string };

/** Kinds of questions, as the API calls them. */
export const PINNED_KINDS = ['trends', 'funnels', 'retention', 'sql'] as const;

const DAY_MS = 86_400_000;
const DAYS_MAX = 3_660;
const CHARS_MAX = 64 * 1024;

/**
 * Reads a question that is to be kept: whatever could not be asked is refused as it would be then. Whether segments and tables exist is not looked at.
 * @param at the path of the question, for errors.
 * @param now milliseconds since 1970 UTC.
 * @throws TributaryError `definition_invalid` that names the field and the fix.
 */
export function readPinned(value: unknown, at: string, now: number): PinnedQuestion {
  const fields = new Fields(value, at);
  const kind = fields.oneOf('kind', PINNED_KINDS);
  if (JSON.stringify(value).length > CHARS_MAX) refuse(at, `must have at most ${CHARS_MAX} characters.`);
  if (kind === 'sql') {
    const sql = readSql(fields);
    fields.end();
    return { kind, sql };
  }
  const days = fields.whole('days', { min: 1, max: DAYS_MAX });
  for (const name of ['from', 'to', 'zone'])
    if (fields.has(name)) refuse(`${at}.${name}`, 'is not kept: days says how far back to look.');
  // Invariant: `Fields` takes objects alone.
  const { kind: _, days: __, ...insight } = value as Record<string, unknown>;
  const moment = (ms: number) => new Date(ms).toISOString();
  const asked = { ...insight, from: moment(now - days * DAY_MS), to: moment(now) };
  switch (kind) {
    case 'trends':
      return { kind, days, ...withoutPeriod(readTrends(asked)) };
    case 'funnels':
      return { kind, days, ...withoutPeriod(readFunnel(asked)) };
    case 'retention':
      return { kind, days, ...withoutPeriod(readRetention(asked)) };
  }
}

function readSql(fields: Fields): string {
  const { value, at } = fields.raw('sql');
  if (typeof value !== 'string' || value.trim() === '') refuse(at, 'must be a text that is not empty.');
  if (value === MASK)
    refuse(at, `is ${MASK}, which stands for what you may not see. Leave the question out to keep it.`);
  return value;
}

function withoutPeriod<Insight extends Period>(insight: Insight): Omit<Insight, keyof Period> {
  const { from: _, to: __, zone: ___, ...rest } = insight;
  return rest;
}
