/**
 * Identity against a known truth (see `true-world.ts`), under the built-in rules and beside "union everything":
 *
 * - precision is exactly 1: no two people ever share a profile;
 * - recall stays above a floor, and is reported;
 * - no profile has two user_ids but by alias;
 * - the kiosk's device and the call centre's phone end in quarantine.
 */
import { expect, test } from 'vitest';
import { isCrawler } from '../../../src/core/enrich/bot.js';
import { Population } from '../../../src/core/identity/population.js';
import { NOBODY } from '../../../src/core/identity/resolve.js';
import type { Profile } from '../../../src/core/profile/profile.js';
import { populationRules, userIdsOf } from '../../support/default-rules.js';
import { pairwise } from './pairwise.js';
import type { TrueEvent } from './true-world.js';
import { trueWorld } from './true-world.js';
import { unionEverything } from './union-everything.js';

const SEEDS = process.env.SIM_SEED ? [Number(process.env.SIM_SEED)] : [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const HOUSEHOLDS = 120;
const RECALL_MIN = 0.9;

function resolveAll(world: readonly TrueEvent[]) {
  const profiles = new Map<string, Profile>();
  const population = new Population(populationRules(), { owners: new Map(), profiles, homes: new Map() });
  const placed = world.map(({ event }): [number, string] => {
    const { userAgent } = event.context;
    const crawls = typeof userAgent === 'string' && isCrawler(userAgent);
    return [event.offset, crawls ? NOBODY : population.place(event)];
  });
  return {
    profiles,
    population,
    placed: new Map(placed.map(([offset, id]) => [offset, population.homeOf(id)])),
  };
}

test.each(SEEDS)('seed %i: no two people in one profile', (seed) => {
  const world = trueWorld(seed, HOUSEHOLDS);
  const { profiles, population, placed } = resolveAll(world);
  const ours = pairwise(world, placed);
  const baseline = pairwise(world, unionEverything(world));
  const show = ({ precision, recall, profiles: n }: typeof ours) =>
    `precision ${precision.toFixed(4)}, recall ${recall.toFixed(4)}, ${n} profiles`;
  console.info(`seed ${seed}, ${world.length} events: ${show(ours)}; union everything: ${show(baseline)}`);
  expect(ours.wrong).toEqual([]);
  expect(ours.precision).toBe(1);
  expect(ours.recall).toBeGreaterThan(RECALL_MIN);
  expect(baseline.precision).toBeLessThan(0.5);
  for (const profile of profiles.values()) {
    const [first = '', ...others] = userIdsOf(profile);
    for (const other of others) expect(other.replace(/-new$/, '')).toBe(first.replace(/-new$/, ''));
  }
  expect(population.markOf({ kind: 'anonymous_id', value: 'kiosk' })?.quarantinedAt).toBeDefined();
  expect(population.markOf({ kind: 'phone', value: '+4930901820' })?.quarantinedAt).toBeDefined();
});
