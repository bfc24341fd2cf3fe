import { expect, test } from 'vitest';
import { routesOfAny } from './selector.js';

test.each<[string[], string[]]>([
  [['track\nSeen', 'track\nSeen'], ['track\nSeen']],
  [
    ['page', 'page\nHome', 'track\nSeen'],
    ['page', 'track\nSeen'],
  ],
  [['track\nSeen', '', 'page'], ['']],
])('of the routes %j each event is filed under one of %j at most', (routes, kept) => {
  expect(routesOfAny(routes.map((route) => ({ route })))).toEqual(kept);
});
