import type { LiveEvent } from './live-event';

/** What of the stream is wanted; every condition must hold. */
export interface LiveFilter {
  readonly source?: string | undefined;
  readonly type?: string | undefined;
  /** `processed`, `duplicate`, or `refused` for whatever else. */
  readonly verdict?: string | undefined;
  /** Occurs in the event's name or anywhere in it. */
  readonly text?: string | undefined;
}

/** Whether an event is wanted. */
export function isWanted(one: LiveEvent, { source, type, verdict, text }: LiveFilter): boolean {
  if (source !== undefined && one.sourceId !== source) return false;
  if (type !== undefined && one.type !== type) return false;
  if (verdict !== undefined && outcomeOf(one.verdict) !== verdict) return false;
  if (text === undefined) return true;
  return JSON.stringify([one.name, one.messageId, one.message, one.event])
    .toLowerCase()
    .includes(text.toLowerCase());
}

/** `processed`, `duplicate` or `refused`. */
export function outcomeOf(verdict: string): 'processed' | 'duplicate' | 'refused' {
  return verdict === 'processed' || verdict === 'duplicate' ? verdict : 'refused';
}
