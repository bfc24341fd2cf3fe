import type { DemoCall, ShopCall } from '../core/demo/demo-call.js';

/**
 * Moves the shop's calls to now: a call happens now, or as long ago as it was late. Gives a call's repeat the very same
 * body, and every run its own messageIds, so that no id ever stands for two calls.
 * @param run names this run of the command.
 */
export function createLiveStamp(run: string): (demoCall: DemoCall, nowMs: number) => ShopCall {
  const stamped = new WeakMap<ShopCall, ShopCall>();
  return ({ call, at, repeat }, nowMs) => {
    const before = stamped.get(call);
    if (before !== undefined) return before;
    // Sent with the history already, under its own id and time.
    if (repeat) return call;
    const timestamp = new Date(nowMs - (at - Date.parse(call.timestamp))).toISOString();
    const now = { ...call, messageId: `${call.messageId}-${run}`, timestamp };
    stamped.set(call, now);
    return now;
  };
}
