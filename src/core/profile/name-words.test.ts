import { expect, test } from 'vitest';
import { isNamed, searchWords } from './name-words.js';

const ann = { firstName: 'Ann', lastName: 'van Mill', plan: 'pro', name: 7 };

test.each(['ann', 'MILL an', 'van', 'a m'])('%s finds Ann van Mill', (search) => {
  expect(isNamed(ann, searchWords(search))).toBe(true);
});
test.each(['nn', 'ann pro', '7'])('%s does not', (search) => {
  expect(isNamed(ann, searchWords(search))).toBe(false);
});
test('inherited properties are no names', () => {
  expect(isNamed(Object.create({ name: 'Ann' }), ['ann'])).toBe(false);
});
