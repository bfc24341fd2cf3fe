/** What becomes of a delivery after an attempt. */
import { backoffMs } from './backoff.js';
import type { FilterReason } from './delivery.js';
import type { Failure } from './failure.js';

/** What an attempt came to. */
export type Attempted =
  | { readonly status: 'delivered' }
  | { readonly status: 'skipped'; readonly message: string }
  | ({ readonly status: 'failed' } & Failure);

/** What is to be done with it. */
export type Judgement =
  | { readonly outcome: 'delivered' }
  | { readonly outcome: 'filtered'; readonly reason: FilterReason; readonly message: string }
  | { readonly outcome: 'retried'; readonly nextAt: number; readonly failure: Failure }
  | { readonly outcome: 'dead'; readonly failure: Failure };

/** What was tried, and until when. Times are milliseconds since 1970 UTC. */
export interface Trial {
  /** Attempts, this one included. */
  readonly attempts: number;
  readonly giveUpAt: number;
}

/**
 * Judges an attempt. The last one falls on the end of the time for trying, however long the waiting before would be.
 * @param random between 0 and 1.
 */
export function judge(
  result: Attempted,
  { attempts, giveUpAt }: Trial,
  now: number,
  random: number,
): Judgement {
  if (result.status === 'delivered') return { outcome: 'delivered' };
  if (result.status === 'skipped')
    return { outcome: 'filtered', reason: 'skipped_by_destination', message: result.message };
  const { status: _, ...failure } = result;
  if (!failure.retry || now >= giveUpAt) return { outcome: 'dead', failure };
  const nextAt = Math.min(
    now + backoffMs(attempts, random, failure.retryAfterMs),
    Math.max(giveUpAt, now + 1),
  );
  return { outcome: 'retried', nextAt, failure };
}
