import { expect, test } from 'vitest';
import type { JsonValue } from '../../core/json.js';
import { testContext } from '../test-kit.js';
import type { SmallState } from './destination.js';
import { recentBatches } from './recent-batches.js';

/** A state that tells which of its places are in use. */
function watched(): { readonly state: SmallState; readonly names: Set<string> } {
  const { state } = testContext();
  const names = new Set<string>();
  const set = (name: string, value: JsonValue, ttlMs?: number) => {
    names.add(name);
    return state.set(name, value, ttlMs);
  };
  return { state: { get: (name) => state.get(name), set }, names };
}

const keysOf = (call: number, count: number) => Array.from({ length: count }, (_, n) => `${call}/${n}`);

test.each([
  ['many small calls', 600, 1, 255],
  ['few large ones', 30, 5_000, 8],
  ['one larger than all that is remembered', 3, 50_000, 1],
])(
  '%s: the newest are remembered, also after a restart, and no more places are used than there are',
  async (_, calls, size, remembered) => {
    const { state, names } = watched();
    const context = () => ({ ...testContext(), state });
    let recent = await recentBatches(context());
    for (let call = 0; call < calls; call++) {
      // In the midst of it all everything is read again.
      if (call === Math.floor(calls / 2)) recent = await recentBatches(context());
      await recent.add(`file ${call}`, keysOf(call, size));
    }
    for (const seen of [recent, await recentBatches(context())]) {
      const known = Array.from({ length: calls }, (_, call) => call).filter(
        (call) =>
          seen.find(`${call}/0`) === `file ${call}` && seen.find(`${call}/${size - 1}`) === `file ${call}`,
      );
      expect(known).toEqual(Array.from({ length: remembered }, (_, n) => calls - remembered + n));
    }
    expect(names.size).toBeLessThanOrEqual(remembered + 1);
  },
);

test('a delivery that went to another place since is known by that', async () => {
  const recent = await recentBatches(testContext());
  await recent.add('first', ['a', 'b']);
  await recent.add('second', ['b']);
  expect([recent.find('a'), recent.find('b'), recent.find('c')]).toEqual(['first', 'second', undefined]);
});
