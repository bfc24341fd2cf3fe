/**
 * Mappings against the destinations' library itself.
 * - What the library makes of an event by a mapping, ours makes too, to the byte of its JSON.
 * - Where the library makes nothing because it fails, ours fails.
 * - What ours refuses to read, or fails at, is among what the library does not carry out as it is written: the few refusals are named.
 * - The event is as it was, whatever the mapping.
 */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/core/json.js';
import { type Mapping, readMapping } from '../../src/core/mapping/read-mapping.js';
import { mappedEvent, mappingArbitrary } from './mapping-arbitraries.js';

interface Library {
  readonly transform: (mapping: JsonObject, event: JsonObject) => JsonValue;
}

const library = createRequire(import.meta.url)('@segment/actions-core/mapping-kit') as Library;
const tools = {
  sha256: (text: string, encoding: 'hex' | 'base64') => createHash('sha256').update(text).digest(encoding),
};

/** What somebody makes, as JSON; undefined when they fail. */
function made(make: () => unknown): string | undefined {
  try {
    return JSON.stringify(make() ?? null);
  } catch {
    return undefined;
  }
}

describe('mappings', () => {
  test('make what the library makes', () => {
    const seen = { made: 0, failed: 0 };
    fc.assert(
      fc.property(mappingArbitrary, mappedEvent, (mapping, event) => {
        // What three braces bring in the library takes for a template once more; ours does not, so that data is never a program.
        fc.pre(!(JSON.stringify(mapping).includes('{{{') && JSON.stringify(event).includes('{{')));
        // The library writes defaults into the mapping that it is given.
        const theirs = made(() => library.transform(structuredClone(mapping), structuredClone(event)));
        let ours: Mapping | undefined;
        try {
          ours = readMapping(mapping);
        } catch {
          ours = undefined;
        }
        const before = JSON.stringify(event);
        const mine = made(() => ours?.evaluate(event, tools));
        expect(JSON.stringify(event)).toBe(before);
        if (theirs === undefined) {
          seen.failed += 1;
          if (ours !== undefined) expect(mine).toBeUndefined();
          return;
        }
        seen.made += 1;
        expect(ours, 'is read').toBeDefined();
        expect(JSON.parse(mine ?? 'null')).toEqual(JSON.parse(theirs));
        expect(mine).toBe(theirs);
      }),
      { numRuns: 3_000 },
    );
    // The generator has to bring up mappings that work, or the property says nothing.
    expect(seen.made).toBeGreaterThan(seen.failed);
  });
});
