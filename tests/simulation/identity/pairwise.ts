import type { TrueEvent } from './true-world.js';

/** How well events were put together: over all pairs of events that could be known. */
export interface Pairwise {
  /** Share of the pairs in one profile that are one person's. */
  readonly precision: number;
  /** Share of one person's pairs that are in one profile. */
  readonly recall: number;
  readonly profiles: number;
  /** Profiles that hold events of several people: their offsets. */
  readonly wrong: ReadonlyArray<{ readonly profile: string; readonly people: Record<string, number[]> }>;
}

/** Compares where events were placed with the truth. */
export function pairwise(world: readonly TrueEvent[], placed: ReadonlyMap<number, string>): Pairwise {
  const byBoth = new Map<string, Map<string, number[]>>();
  const byPerson = new Map<string, number>();
  for (const { event, person, knowable } of world) {
    if (!knowable) continue;
    const profile = placed.get(event.offset) ?? '';
    const people = byBoth.get(profile) ?? new Map<string, number[]>();
    byBoth.set(profile, people);
    people.set(person, [...(people.get(person) ?? []), event.offset]);
    byPerson.set(person, (byPerson.get(person) ?? 0) + 1);
  }
  let found = 0;
  let right = 0;
  for (const people of byBoth.values()) {
    const sizes = Array.from(people.values(), (offsets) => offsets.length);
    found += pairs(sizes.reduce((sum, n) => sum + n, 0));
    right += sizes.reduce((sum, n) => sum + pairs(n), 0);
  }
  const all = [...byPerson.values()].reduce((sum, n) => sum + pairs(n), 0);
  return {
    precision: found === 0 ? 1 : right / found,
    recall: all === 0 ? 1 : right / all,
    profiles: byBoth.size,
    wrong: [...byBoth]
      .filter(([, people]) => people.size > 1)
      .map(([profile, people]) => ({ profile, people: Object.fromEntries(people) })),
  };
}

function pairs(n: number): number {
  return (n * (n - 1)) / 2;
}
