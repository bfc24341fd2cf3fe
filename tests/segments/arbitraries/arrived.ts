import { checkEvent, isRejection } from '../../../src/core/event/check.js';
import type { Event } from '../../../src/core/event/event.js';
import { anEnvelope } from '../../support/an-event.js';
import type { History } from './history.js';

/** The events of a history up to one of its steps, as the pipeline would have them: duplicates keep their offset from others. */
export function arrived({ beginning, steps }: History, until = steps.length): Event[] {
  const seen = new Set<string>();
  const events: Event[] = [];
  let offset = -1;
  for (const step of steps.slice(0, until)) {
    if (step.kind !== 'calls') continue;
    const { sourceId, calls } = step;
    for (const [index, call] of calls.entries()) {
      offset += 1;
      const event = checkEvent(call, index, anEnvelope({ sourceId, receivedAt: beginning }), offset);
      if (isRejection(event)) throw new Error(`${event.code}: ${event.message}`);
      const key = `${sourceId} ${event.messageId}`;
      if (!seen.has(key)) events.push(event);
      seen.add(key);
    }
  }
  return events;
}
