/**
 * Properties of identity, over any sequence of events of few users, devices and addresses:
 *
 * - Every identifier belongs to exactly one profile that lives, and every profile knows its own (the model graph also
 *   throws when a decision cannot be carried out: created twice, merged into itself, given to nobody).
 * - Without alias, no profile ever has two user_ids.
 * - With alias, two user_ids share a profile only if alias calls connect them.
 * - A user_id never leaves its profile but by a merge: the events of a user are always that user's.
 * - The event's own user_id always belongs to the profile that it is placed in.
 * - A refused identifier stays where it was, and is not counted as seen here.
 * - A replay of the same events decides the same.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Event } from '../../src/core/event/event.js';
import { identifierKey } from '../../src/core/identity/identifier.js';
import { ModelGraph } from '../support/model-graph.js';
import { eventsOf } from './arbitraries.js';

const RUNS = { numRuns: 200 };
const events = eventsOf(4, 4, 40);

function expectConsistent(graph: ModelGraph): void {
  let held = 0;
  for (const [id, keys] of graph.profiles) {
    for (const key of keys) expect(graph.owners.get(key)).toBe(id);
    held += keys.size;
  }
  expect(held).toBe(graph.owners.size);
}

test('every identifier belongs to exactly one profile that lives', () => {
  fc.assert(
    fc.property(events, (list) => {
      const graph = new ModelGraph();
      for (const event of list) {
        graph.take(event);
        expectConsistent(graph);
      }
    }),
    RUNS,
  );
});

test('without alias no profile has two users', () => {
  fc.assert(
    fc.property(events, (list) => {
      const graph = new ModelGraph();
      for (const event of list.filter(({ type }) => type !== 'alias')) {
        graph.take(event);
        for (const id of graph.profiles.keys()) expect(graph.userIdsOf(id).length).toBeLessThan(2);
      }
    }),
    RUNS,
  );
});

test('with alias two users are one person only if alias calls connect them', () => {
  fc.assert(
    fc.property(events, (list) => {
      const graph = new ModelGraph();
      const people = new Components();
      for (const event of list) {
        const previous = previousUsers(event);
        graph.take(event);
        for (const user of previous) people.join(event.userId, user);
        for (const id of graph.profiles.keys()) {
          const [first = '', ...others] = graph.userIdsOf(id);
          for (const other of others) expect(people.rootOf(other)).toBe(people.rootOf(first));
        }
      }
    }),
    RUNS,
  );
});

test('an event is placed with its own user, and users do not move', () => {
  fc.assert(
    fc.property(events, (list) => {
      const graph = new ModelGraph();
      for (const event of list) {
        const before = new Map(graph.owners);
        const { profileId, merged, created, refused, identifiers } = graph.take(event);
        if (event.userId !== '') {
          expect(graph.holderOf({ kind: 'user_id', value: event.userId })).toBe(profileId);
          const holder = before.get(identifierKey('user_id', event.userId));
          if (holder !== undefined) expect([profileId, created]).toEqual([holder, false]);
        }
        for (const [key, holder] of before) {
          if (!key.startsWith('user_id\n') || merged.includes(holder)) continue;
          expect(graph.owners.get(key)).toBe(holder);
        }
        for (const one of refused) {
          expect(graph.holderOf(one)).toBe(before.get(identifierKey(one.kind, one.value)));
          expect(identifiers).not.toContainEqual(one);
        }
        for (const one of identifiers) expect(graph.holderOf(one)).toBe(profileId);
      }
    }),
    RUNS,
  );
});

test('a replay decides the same', () => {
  fc.assert(
    fc.property(events, (list) => {
      const [once, again] = [new ModelGraph(), new ModelGraph()];
      expect(list.map((event) => again.take(event))).toEqual(list.map((event) => once.take(event)));
      expect(again.owners).toEqual(once.owners);
    }),
    RUNS,
  );
});

/** The user that an alias call names with its previousId, be it known or not. */
function previousUsers(event: Event): readonly string[] {
  return event.type === 'alias' ? [event.previousId] : [];
}

/** Who is connected with whom. */
class Components {
  readonly #parents = new Map<string, string>();

  rootOf(name: string): string {
    const parent = this.#parents.get(name);
    return parent === undefined ? name : this.rootOf(parent);
  }

  join(a: string, b: string): void {
    const [root, other] = [this.rootOf(a), this.rootOf(b)];
    if (root !== other) this.#parents.set(other, root);
  }
}
