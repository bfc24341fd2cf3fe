/** Attempts as they are kept for people to look at. */
import type { Judgement } from '../core/delivery/judge.js';
import type { LoggedAttempt } from '../stores/events/delivery-log.js';
import type { ConnectionFact, DestinationFact, WaitingDelivery } from '../stores/state/delivery-state.js';
import type { Exchange } from './destinations/destination.js';

/** Of all requests of an attempt together, and of all responses. */
const KEPT_CHARS_MAX = 64 * 1024;

/** What an attempt is about. */
export interface AttemptOf {
  readonly delivery: WaitingDelivery;
  readonly connection: ConnectionFact;
  readonly destination: DestinationFact;
}

/** One attempt as a row of the log. @param attempt 0: it was decided not to send it. */
export function logAttempt(
  { delivery, connection, destination }: AttemptOf,
  attempt: number,
  judgement: Judgement,
  when: { readonly at: number; readonly tookMs: number },
  kept: KeptExchanges,
): LoggedAttempt {
  const { key, kind, profileId, offset, messageId, segmentId, receivedAt } = delivery;
  return {
    destinationId: destination.id,
    connectionId: connection.id,
    connectionVersion: connection.version,
    ...{ key, attempt, kind, profileId, offset, messageId, segmentId, receivedAt, ...when, ...kept },
    outcome: judgement.outcome,
    ...reasonOf(judgement),
  };
}

/** The exchanges of a call as JSON. */
export interface KeptExchanges {
  readonly request: string;
  readonly response: string;
}

/** For what was not sent. */
export const NO_EXCHANGES: KeptExchanges = { request: '', response: '' };

/** Prints the exchanges of a call, as long as they are not too large. */
export function keptExchanges(exchanges: readonly Exchange[]): KeptExchanges {
  if (exchanges.length === 0) return NO_EXCHANGES;
  return {
    request: printed(exchanges.map(({ request }) => request)),
    response: printed(exchanges.map(({ response, tookMs }) => ({ ...response, tookMs }))),
  };
}

/** Of a call with many items the exchanges are kept with the first; the others say where. */
export function seeExchanges(first: { readonly key: string; readonly attempt: number }): KeptExchanges {
  const see = JSON.stringify([{ see: first }]);
  return { request: see, response: see };
}

/** The last ones are what the outcome follows from: where not all can be kept, the first go. */
function printed(exchanges: readonly object[]): string {
  for (let from = 0; from < exchanges.length; from += 1) {
    const text = JSON.stringify(exchanges.slice(from));
    if (text.length <= KEPT_CHARS_MAX) return text;
  }
  return JSON.stringify([{ leftOut: 'too large to be kept' }]);
}

function reasonOf(judgement: Judgement): { readonly reason: string; readonly error: string } {
  switch (judgement.outcome) {
    case 'delivered':
      return { reason: '', error: '' };
    case 'filtered':
      return { reason: judgement.reason, error: judgement.message };
    case 'retried':
    case 'dead':
      return { reason: judgement.failure.code, error: judgement.failure.message };
    default:
      return judgement satisfies never;
  }
}
