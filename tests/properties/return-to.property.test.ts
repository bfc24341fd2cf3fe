/**
 * Where people are led after signing in. Properties:
 * - whatever is asked for, a browser that is led there stays on this server;
 * - a page of this server is kept as it is.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { returnTo } from '../../src/core/access/return-to.js';

const HERE = 'https://cdp.example.com';
/** What addresses are bent with. */
const bits = fc.constantFrom(
  ...['/', '\\', '.', '..', '//', '\t', '\n', '%2f', '%5c', '@', ':', '?', '#', 'https:', 'javascript:'],
  ...['elsewhere.example', 'a', ' ', '\u0000', '\u3002', '%00', ';'],
);
const bent = fc.array(bits, { maxLength: 12 }).map((parts) => parts.join(''));

test('a browser that is led there stays here', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        bent.map((rest) => `/${rest}`),
        bent,
        fc.string(),
        fc.webUrl(),
      ),
      (asked) => {
        const path = returnTo(asked);
        expect(new URL(path, HERE).origin).toBe(HERE);
        expect(path).toMatch(/^\/(?![/\\])[\x21-\x7e]*$/);
        // And what is led to is judged the same once more.
        expect(returnTo(path)).toBe(path);
      },
    ),
    { numRuns: 5_000 },
  );
});

test('a page of this server is kept', () => {
  const segment = fc.stringMatching(/^[a-z0-9-]{1,10}$/).filter((word) => word !== 'api' && word !== 'v1');
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 4 }), segment, (segments, value) => {
      const page = `/${segments.join('/')}?q=${value}`;
      expect(returnTo(page)).toBe(page);
    }),
  );
});
