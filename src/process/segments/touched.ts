/** Whom a batch touches, and how. */
import type { Event } from '../../core/event/event.js';
import { NOBODY } from '../../core/identity/resolve.js';
import { isObject } from '../../core/json.js';
import type { Verdict } from '../pipeline.js';

type Processed = Extract<Verdict, { kind: 'processed' }>;

/** What happened to a person in a batch. */
export interface Touched {
  readonly events: Array<Processed['row']>;
  /** What the profile itself says may be another: traits, consent, accounts. */
  isChanged: boolean;
  /** Somebody else was merged into the person, with what is remembered of both. */
  isJoined: boolean;
  /** The person's time had come. */
  isDue: boolean;
  /** An operation joined people, or took them apart: anything about the person may be another. */
  isStale: boolean;
}

/** Files the events of a batch under the profiles that hold them in the end. */
export function touchedBy(
  verdicts: readonly Verdict[],
  due: readonly string[],
  homeOf: (id: string) => string,
): Map<string, Touched> {
  const touched = new Map<string, Touched>();
  for (const verdict of verdicts) {
    if (verdict.kind !== 'processed' || verdict.profileId === NOBODY) continue;
    const one = touch(touched, homeOf(verdict.profileId));
    one.events.push(verdict.row);
    one.isChanged ||= saysSomething(verdict.row.event);
  }
  for (const id of due) touch(touched, id).isDue = true;
  return touched;
}

/** The entry of a person, made where there is none. */
export function touch(touched: Map<string, Touched>, id: string): Touched {
  const known = touched.get(id);
  if (known !== undefined) return known;
  const fresh: Touched = { events: [], isChanged: false, isJoined: false, isDue: false, isStale: false };
  touched.set(id, fresh);
  return fresh;
}

/** True when an event may say something of a profile beside having happened. */
function saysSomething({ type, groupId, context }: Event): boolean {
  if (type === 'identify' || groupId !== '') return true;
  const { traits, consent, consentManagement } = context;
  return (
    isObject(traits) || isObject(consent) || isObject(consentManagement) || context.groupId !== undefined
  );
}
