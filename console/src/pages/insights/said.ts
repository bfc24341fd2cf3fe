import { type By, type FunnelAsk, isSaid, periodOf, type RetentionAsk, type TrendsAsk } from './asks';

/** A trend as it is asked, without what is still being written; undefined while it says too little. */
export function saidTrends({ events, measure, by, ...rest }: TrendsAsk): TrendsAsk | undefined {
  const { kind, of } = measure;
  const isOfField = kind !== 'count' && kind !== 'people';
  const said = events.filter(isSaid);
  if (said.length === 0 || (isOfField && !of)) return undefined;
  return { ...rest, events: said, measure: isOfField ? measure : { kind }, ...saidBy(by) };
}

/** The same of a funnel: each step must say which events it means. */
export function saidFunnel({ steps, within, by, ...rest }: FunnelAsk): FunnelAsk | undefined {
  if (!steps.every(isSaid)) return undefined;
  return { ...rest, steps, ...(within ? { within } : {}), ...saidBy(by) };
}

/** The same of retention. */
export function saidRetention(ask: RetentionAsk): RetentionAsk | undefined {
  return isSaid(ask.start) && isSaid(ask.return) ? ask : undefined;
}

/** The body of a question, which ends today; an empty one where nothing is asked. */
export function bodyOf(said: { readonly days: number } | undefined): Record<string, unknown> {
  if (said === undefined) return {};
  const { days, ...question } = said;
  return { ...question, ...periodOf(days) };
}

function saidBy(by: By | undefined): { by?: By } {
  // One without a name is still being written.
  return by === undefined || Object.values(by).includes('') ? {} : { by };
}
