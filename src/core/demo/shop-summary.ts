import type { SpecifiedType } from '../event/event.js';
import { SPECIFIED_TYPES } from '../event/event.js';
import type { Channel, DemoCall } from './demo-call.js';
import { CHANNELS } from './demo-call.js';

/** What a shop sent: tests and the command line compare it with what the server holds. */
export interface ShopSummary {
  /** Calls sent, repeats included. */
  calls: number;
  /** Calls that repeat an earlier one. `calls - repeats` is the number of distinct messageIds. */
  repeats: number;
  /** Distinct calls that came later than they happened. */
  late: number;
  /** Distinct calls by type, and all calls by channel. */
  readonly byType: Record<SpecifiedType, number>;
  readonly byChannel: Record<Channel, number>;
  /** Distinct orders and the sum of their `revenue`, in cents. */
  orders: number;
  revenueCents: number;
  signUps: number;
}

/** A summary of nothing yet. */
export function emptySummary(): ShopSummary {
  const zeros = <K extends string>(keys: readonly K[]) =>
    Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;
  return {
    calls: 0,
    repeats: 0,
    late: 0,
    byType: zeros(SPECIFIED_TYPES),
    byChannel: zeros(CHANNELS),
    orders: 0,
    revenueCents: 0,
    signUps: 0,
  };
}

/** Counts one call into a summary. */
export function countCall(summary: ShopSummary, { channel, at, repeat, call }: DemoCall): void {
  summary.calls += 1;
  summary.byChannel[channel] += 1;
  if (repeat) {
    summary.repeats += 1;
    return;
  }
  summary.byType[call.type] += 1;
  if (at > Date.parse(call.timestamp)) summary.late += 1;
  if (call.event === 'Signed Up') summary.signUps += 1;
  if (call.event === 'Order Completed') {
    summary.orders += 1;
    summary.revenueCents += Math.round(Number(call.properties?.revenue) * 100);
  }
}

/** The summary of calls that are all at hand. */
export function summarise(calls: Iterable<DemoCall>): ShopSummary {
  const summary = emptySummary();
  for (const call of calls) countCall(summary, call);
  return summary;
}
