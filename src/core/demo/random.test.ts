import { expect, test } from 'vitest';
import { createRandom } from './random.js';

const draw = (count: number, next: () => number) => Array.from({ length: count }, next);

test('the same path gives the same stream, any other path another one', () => {
  const stream = (...path: (string | number)[]) => draw(20, createRandom(...path).next);
  expect(stream(1, 'person', 7)).toEqual(stream(1, 'person', 7));
  expect(stream(1, 'person', 7)).not.toEqual(stream(1, 'person', 8));
  expect(stream(1, 'person', 7)).not.toEqual(stream(2, 'person', 7));
});

test('numbers are even, and whole numbers reach both bounds', () => {
  const random = createRandom(3);
  const mean = draw(20_000, random.next).reduce((sum, value) => sum + value, 0) / 20_000;
  expect(mean).toBeCloseTo(0.5, 1);
  expect(new Set(draw(200, () => random.int(2, 4)))).toEqual(new Set([2, 3, 4]));
  const wait = draw(20_000, () => random.wait(10)).reduce((sum, value) => sum + value, 0) / 20_000;
  expect(wait).toBeGreaterThan(9.5);
  expect(wait).toBeLessThan(10.5);
});

test('uuids are well-formed', () => {
  const random = createRandom(4);
  for (const uuid of draw(100, () => 0).map(() => random.uuid())) {
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});
