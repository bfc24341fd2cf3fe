import type { Person } from '../../core/segments/person.js';
import type { LiveSegment } from './in-force.js';

/** What segments answer of somebody of whom no event is remembered. */
export interface BlankAnswers {
  readonly now: number;
  /** Segments that such a person is in, whoever it is. */
  readonly entered: readonly LiveSegment[];
  /** Segments whose answer depends on who it is. */
  readonly personal: readonly LiveSegment[];
  /** The first time at which any answer that is the same for all such people may change. */
  readonly dueAt: number;
}

/**
 * Asks the segments once for all newcomers of a batch. An answer that was found without a look at anything but what is remembered of events
 * holds for everybody of whom nothing is.
 */
export function blankAnswers(segments: readonly LiveSegment[], now: number): BlankAnswers {
  const entered: LiveSegment[] = [];
  const personal: LiveSegment[] = [];
  let dueAt = Number.POSITIVE_INFINITY;
  for (const segment of segments) {
    const { person, wasLookedAt } = watchedPerson();
    const holds = segment.compiled.holds(person, now);
    const changesAt = segment.compiled.changesAt(person, now);
    if (wasLookedAt()) personal.push(segment);
    else {
      if (holds) entered.push(segment);
      dueAt = Math.min(dueAt, changesAt);
    }
  }
  return { now, entered, personal, dueAt };
}

/** Somebody of whom nothing is known, and whether anybody wanted to. */
function watchedPerson(): { person: Person; wasLookedAt(): boolean } {
  let looked = false;
  const nothing = () => {
    looked = true;
    return undefined;
  };
  const person: Person = {
    get id() {
      looked = true;
      return '';
    },
    trait: nothing,
    consent: nothing,
    accounts() {
      looked = true;
      return [];
    },
    members() {
      looked = true;
      return [];
    },
    state: () => undefined,
  };
  return { person, wasLookedAt: () => looked };
}
