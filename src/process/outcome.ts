import { redeemedCodes } from '../core/coupon/redeemed-codes.js';
import type { Event } from '../core/event/event.js';
import { isObject } from '../core/json.js';
import type { BatchCommit, RejectedEvent } from '../stores/state/pipeline-state.js';
import type { Verdict } from './pipeline.js';
import type { Item } from './steps/decode.js';
import { messageIdOf } from './steps/decode.js';

/** Characters of a refused event that the quarantine keeps. */
const QUARANTINED_CHARS_MAX = 256 * 1024;
/** Characters of the reason: that of an import's row is the client's own text. */
const MESSAGE_CHARS_MAX = 2_000;

/** The ledger's side of a batch: how many events of each source got which verdict. */
export function ledgerOf(verdicts: readonly Verdict[]): BatchCommit['ledger'] {
  const counts = new Map<string, { sourceId: string; verdict: string; events: number }>();
  for (const verdict of verdicts) {
    const name = verdict.kind === 'rejected' ? verdict.rejection.code : verdict.kind;
    const { sourceId } = verdict.item.record;
    const key = `${sourceId}\n${name}`;
    const count = counts.get(key);
    if (count) count.events += 1;
    else counts.set(key, { sourceId, verdict: name, events: 1 });
  }
  // In one order everywhere, so that two writers never wait for each other in a circle.
  return [...counts.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, count]) => count);
}

/** The quarantine's side of a batch. */
export function rejectedOf(verdicts: readonly Verdict[]): RejectedEvent[] {
  const rejected: RejectedEvent[] = [];
  for (const verdict of verdicts) {
    if (verdict.kind !== 'rejected') continue;
    const { item, rejection } = verdict;
    const { sourceId, receipt, receivedAt } = item.record;
    rejected.push({
      offset: item.offset,
      sourceId,
      code: rejection.code,
      message: rejection.message.slice(0, MESSAGE_CHARS_MAX).replaceAll('\u0000', '\uFFFD'),
      messageId: messageIdOf(item),
      receipt,
      receivedAt,
      event: textOf(item),
      line: lineOf(item),
    });
  }
  return rejected;
}

/** Characters of an order's number. */
const ORDER_CHARS_MAX = 200;

/** The coupons' side of a batch: which codes its orders named. */
export function redeemedOf(verdicts: readonly Verdict[]): BatchCommit['redeemed'] {
  return verdicts.flatMap((verdict) => {
    if (verdict.kind !== 'processed') return [];
    const { event } = verdict.row;
    const { offset, sourceId, messageId, timestamp: at } = event;
    return redeemedCodes(event).map((key) => ({
      ...{ key, offset, profileId: verdict.profileId, sourceId, messageId, orderId: orderOf(event), at },
    }));
  });
}

function orderOf({ properties: { order_id: order } }: Event): string | null {
  if (typeof order !== 'string' && typeof order !== 'number') return null;
  return String(order).slice(0, ORDER_CHARS_MAX).replaceAll('\u0000', '\uFFFD');
}

function textOf({ given, record }: Item): string {
  try {
    return JSON.stringify(given).slice(0, QUARANTINED_CHARS_MAX);
  } catch {
    // Nested so deeply that it cannot be printed: the request's own text, as far as it fits.
    return record.body.slice(0, QUARANTINED_CHARS_MAX);
  }
}

/** Imports give each item the line of its file. */
function lineOf({ given, record }: Item): number | null {
  const line = record.call === 'import' && isObject(given) ? given.line : undefined;
  return Number.isSafeInteger(line) ? (line as number) : null;
}
