import { expect, test } from 'vitest';
import { parseEventChoices } from '../../core/delivery/event-choice.js';
import { fqlToEvents } from './fql.js';

test.each([
  ['type = "identify"', 'identify'],
  ['type = "track"', 'track'],
  ['event = "Order Completed"', '"Order Completed"'],
  ['type = "track" and event = "Order Completed"', '"Order Completed"'],
  ['type = "track" AND event == "Say \\"hi\\""', '"Say \\"hi\\""'],
  ['type = "track", event = "A"', '"A"'],
  ['type=identify', 'identify'],
  ['type = "Identify"', 'identify'],
  ['type = "page" or type ="screen"', 'page or screen'],
  ['type = "track" and (event = "A" or event = "B")', '"A" or "B"'],
  ['type = "track" and event != "A"', 'track where name != "A"'],
  ['type = "track" and event != "A" and event != "B"', 'track where name not in ("A", "B")'],
  [
    'type = "page" and properties.name != "A" and properties.name != "B"',
    'page where (properties.name != "A" and properties.name != "B")',
  ],
  [
    '(type = "track" or type = "page") and properties.x = "1"',
    'track where properties.x = "1" or page where properties.x = "1"',
  ],
])('%s', (fql, text) => {
  expect(fqlToEvents(fql)).toBe(text);
  expect(parseEventChoices(text)).not.toEqual([]);
});

test.each([
  '',
  'type',
  'type = "video"',
  'event',
  'event > 3',
  'type = "page" and event = "A"',
  'contains(event, "A")',
  'userId != null',
  '(type = "track"',
  'type = "track" type = "page"',
  'type = "track" and',
  '§',
])('what has no text is left out: %j', (fql) => {
  expect(fqlToEvents(fql)).toBeUndefined();
});
