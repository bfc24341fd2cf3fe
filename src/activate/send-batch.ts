/** One call of an action: what it is given, how long it may take, and what each delivery of it came to. */
import { failureOf } from '../core/delivery/classify.js';
import type { Attempted } from '../core/delivery/judge.js';
import type { JsonObject } from '../core/json.js';
import type { ConnectionFact } from '../stores/state/delivery-state.js';
import type { DestinationAction, Exchange, SendItem } from './destinations/destination.js';
import type { Outlet } from './outlet.js';
import type { Time } from './time.js';

/** What came of a call. */
export interface CallResult {
  /** In the order of the items. */
  readonly results: readonly Attempted[];
  readonly exchanges: readonly Exchange[];
  readonly startedAt: number;
  readonly tookMs: number;
}

/**
 * Sends items of one version of a connection. A connector that does not answer in time is cut off, whatever it is doing. Never rejects.
 * @param ending ends it before its time.
 */
export async function sendBatch(
  items: readonly SendItem[],
  to: {
    readonly outlet: Outlet;
    readonly action: DestinationAction;
    readonly connection: ConnectionFact;
    readonly timeoutMs: number;
  },
  time: Time,
): Promise<CallResult> {
  const { outlet, action, connection, timeoutMs } = to;
  const cut = new AbortController();
  const startedAt = time.now();
  const options: JsonObject = connection.options;
  const { context, exchanges } = outlet.call({ options, signal: cut.signal, timeoutMs, dryRun: false });
  let callOff = () => {};
  const late = new Promise<'late'>((resolve) => {
    callOff = time.after(timeoutMs, () => resolve('late'));
  });
  const sending = results(action, items, context);
  const ended = await Promise.race([sending, late]);
  callOff();
  if (ended === 'late') cut.abort();
  return {
    results: ended === 'late' ? items.map(() => timeout(timeoutMs)) : ended,
    // What is recorded after it was cut off belongs to nobody.
    exchanges: [...exchanges],
    startedAt,
    tookMs: time.now() - startedAt,
  };
}

async function results(
  action: DestinationAction,
  items: readonly SendItem[],
  context: Parameters<DestinationAction['send']>[1],
): Promise<readonly Attempted[]> {
  try {
    const given = await action.send(items, context);
    if (given.length === items.length) return given;
    const message = `The connector told of ${given.length} items where there were ${items.length}`;
    return items.map(() => ({ status: 'failed', code: 'connector_failed', message, retry: true }));
  } catch (error) {
    return items.map(() => ({ status: 'failed', ...failureOf(error) }));
  }
}

function timeout(timeoutMs: number): Attempted {
  return { status: 'failed', code: 'timeout', message: `No answer within ${timeoutMs} ms`, retry: true };
}
