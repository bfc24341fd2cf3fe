import type { Event } from '../../core/event/event.js';
import type { Verdict } from '../pipeline.js';
import type { SeenIds } from '../seen-ids.js';
import { seenEntryOf } from '../seen-ids.js';
import type { Item } from './decode.js';
import { isRefused } from './decode.js';

/** An event that is seen for the first time. */
export interface Fresh {
  /** Its place among the verdicts of the batch. */
  readonly index: number;
  readonly item: Item;
  readonly event: Event;
}

/**
 * Settles the refused, the repeated and the conflicting. What is left is fresh: the next steps fill in its verdict.
 */
export async function dedupe(
  items: readonly Item[],
  seen: SeenIds,
): Promise<{ verdicts: Verdict[]; fresh: Fresh[] }> {
  const verdicts = new Array<Verdict>(items.length);
  const candidates: Fresh[] = [];
  let index = 0;
  for (const item of items) {
    if (isRefused(item)) verdicts[index] = { kind: 'rejected', item, rejection: item.checked };
    else candidates.push({ index, item, event: item.checked as Event });
    index += 1;
  }
  const judged = await seen.judge(candidates.map(entryOf));
  const fresh = candidates.filter(({ index, item }, nth) => {
    if (judged[nth] === 'new') return true;
    verdicts[index] = judged[nth] === 'duplicate' ? { kind: 'duplicate', item } : conflict(item);
    return false;
  });
  return { verdicts, fresh };
}

/** A repeat must name the same people and say the same; when it was sent, and from which page, may differ. */
function entryOf({ event }: Fresh): ReturnType<typeof seenEntryOf> {
  const who = `${event.userId}\n${event.anonymousId}\n${event.groupId}\n${event.previousId}`;
  const said = `${JSON.stringify(event.properties)}\n${JSON.stringify(event.traits)}`;
  const body = `${event.type}\n${event.name}\n${who}\n${said}`;
  return seenEntryOf(event.sourceId, event.messageId, body);
}

function conflict(item: Item): Verdict {
  const message =
    'An event with this messageId came before, with another body. Give every event an id of its own.';
  return { kind: 'rejected', item, rejection: { code: 'message_id_conflict', message } };
}
