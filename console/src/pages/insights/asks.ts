import type { Selector } from '../segments/builder/definition';

/** By what parts are told apart: a field of the event, or a trait of the person. */
export type By = { readonly field: string } | { readonly trait: string };

interface Common {
  /** Back from the end of today. */
  readonly days: number;
  /** The id of a segment: its members alone count. */
  readonly among?: string;
}
/** How often something happens. */
export interface TrendsAsk extends Common {
  readonly events: readonly Selector[];
  readonly per: 'hour' | 'day' | 'week' | 'month';
  readonly measure: { readonly kind: string; readonly of?: string };
  readonly by?: By;
}
/** How many go all the way through some steps. */
export interface FunnelAsk extends Common {
  readonly steps: readonly Selector[];
  /** Left out: however long it takes. */
  readonly within?: string;
  readonly mode: 'closed' | 'open';
  readonly by?: By;
}
/** How many come back. */
export interface RetentionAsk extends Common {
  readonly start: Selector;
  readonly return: Selector;
  readonly per: 'day' | 'week' | 'month';
  readonly periods: number;
  readonly cohorts: 'first' | 'recurring';
  readonly unbounded: boolean;
}

/** Which question a page shows, as its address holds it. */
export interface InsightsSearch {
  readonly kind?: InsightKind;
  /** Of that kind; what is left out is as in `ASKS`. */
  readonly ask?: Readonly<Record<string, unknown>>;
}
/** Kinds of questions. */
export type InsightKind = 'trends' | 'funnels' | 'retention';

const TRENDS: TrendsAsk = { events: [{ event: '' }], per: 'day', measure: { kind: 'count' }, days: 30 };
const FUNNEL: FunnelAsk = {
  ...{ steps: [{ event: '' }, { event: '' }], within: '7 days', mode: 'closed', days: 30 },
};
const RETENTION: RetentionAsk = {
  ...{ start: { event: '' }, return: { event: '' }, per: 'week', periods: 8, days: 90 },
  ...{ cohorts: 'first', unbounded: false },
};

/** Measures of a trend, in words. */
export const MEASURES = {
  ...{ count: 'Number of events', people: 'People', sum: 'Sum of', avg: 'Average of' },
  ...{ min: 'Smallest', max: 'Largest', distinct: 'Different values of' },
} as const;
/** Units of time of a trend, in words. */
export const TREND_UNITS = {
  hour: 'per hour',
  day: 'per day',
  week: 'per week',
  month: 'per month',
} as const;
/** Periods of cohorts, in words. */
export const COHORT_UNITS = { day: 'days', week: 'weeks', month: 'months' } as const;

/** What each kind of question begins with. */
export const ASKS = { trends: TRENDS, funnels: FUNNEL, retention: RETENTION } as const;

/** Reads what stands in the address. What makes no sense there is refused by the server, in words. */
export function readInsights(search: Record<string, unknown>): InsightsSearch {
  const kind = (['trends', 'funnels', 'retention'] as const).find((one) => one === search.kind);
  const ask = search.ask;
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(typeof ask === 'object' && ask !== null && !Array.isArray(ask)
      ? { ask: ask as Record<string, unknown> }
      : {}),
  };
}

/** The period of a question: whole days of the reader's own calendar, today included. */
export function periodOf(days: number): { from: string; to: string; zone: string } {
  const now = new Date();
  const midnight = (ahead: number) =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + ahead).toISOString();
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return { from: midnight(1 - days), to: midnight(1), zone };
}

/** Whether it is said which events are meant. */
export function isSaid({ event, type, where }: Selector): boolean {
  return event !== '' && (event !== undefined || type !== undefined || where !== undefined);
}

/** What to call events. */
export function titleOf({ event, type, name }: Selector): string {
  return event ?? [type ?? 'Anything', name].filter(Boolean).join(' ');
}

/** What to call a part of a breakdown. */
export function partTitle({ value, other }: { readonly value?: unknown; readonly other?: boolean }): string {
  if (other === true) return 'all others';
  return value === null || value === undefined ? 'none' : String(value);
}
