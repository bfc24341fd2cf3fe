import { expect, test } from 'vitest';
import { compileTime } from './time-format.js';

/** What a format makes of a text, as ISO 8601; undefined when it cannot be read. */
function read(text: string, format?: string, timezone?: string): string | undefined {
  const compiled = compileTime(format, timezone);
  if (typeof compiled === 'string') throw new Error(compiled);
  const time = compiled(text);
  return time === undefined ? undefined : new Date(time).toISOString();
}

test.each<[text: string, format: string, expected: string]>([
  ['2017-01-28T19:06:53+00:00', 'iso', '2017-01-28T19:06:53.000Z'],
  ['2017-01-28 19:06', 'iso', '2017-01-28T19:06:00.000Z'],
  ['2017-01-28T19:06:53.5+0530', 'iso', '2017-01-28T13:36:53.500Z'],
  ['2017-01-28T19:06:53,123456Z', 'iso', '2017-01-28T19:06:53.123Z'],
  ['2017-01-28T19:06:53-03', 'iso', '2017-01-28T22:06:53.000Z'],
  ['2017-01-28', 'iso', '2017-01-28T00:00:00.000Z'],
  ['1485630413', 'unix', '2017-01-28T19:06:53.000Z'],
  ['1485630413.25', 'unix', '2017-01-28T19:06:53.250Z'],
  ['-1', 'unix', '1969-12-31T23:59:59.000Z'],
  ['1485630413123', 'unix_ms', '2017-01-28T19:06:53.123Z'],
  ['19970101', 'yyyymmdd', '1997-01-01T00:00:00.000Z'],
  ['28.01.2017 19:06', '%d.%m.%Y %H:%M', '2017-01-28T19:06:00.000Z'],
  ['1/8/2017', '%m/%d/%Y', '2017-01-08T00:00:00.000Z'],
  ['01/08/17 12:30 AM', '%m/%d/%y %I:%M %p', '2017-01-08T00:30:00.000Z'],
  ['01/08/69 12:30 pm', '%m/%d/%y %I:%M %p', '1969-01-08T12:30:00.000Z'],
  ['08-Jan-2017 01:02:03.5', '%d-%b-%Y %H:%M:%S.%f', '2017-01-08T01:02:03.500Z'],
  ['2017-01-28 19:06 +01:00', '%Y-%m-%d %H:%M %z', '2017-01-28T18:06:00.000Z'],
  ['100% 2017.01.28', '100%% %Y.%m.%d', '2017-01-28T00:00:00.000Z'],
  ['2024-02-29', 'iso', '2024-02-29T00:00:00.000Z'],
])('%s as %s', (text, format, expected) => {
  expect(read(text, format)).toBe(expected);
});

test.each<[text: string, format: string]>([
  ['2023-02-29', 'iso'],
  ['2017-13-01', 'iso'],
  ['2017-01-28T24:00', 'iso'],
  ['2017-01-28T10:60', 'iso'],
  ['28/01/2017', 'iso'],
  ['2017-01-28 and more', 'iso'],
  ['', 'iso'],
  ['1997011', 'yyyymmdd'],
  ['19970230', 'yyyymmdd'],
  ['12 o’clock', 'unix'],
  ['1e9', 'unix'],
  ['2017x01x28', '%Y.%m.%d'],
  ['08-Jon-2017', '%d-%b-%Y'],
  ['01/08/17 13:30 PM', '%m/%d/%y %I:%M %p'],
])('%s is not %s', (text, format) => {
  expect(read(text, format)).toBeUndefined();
});

test.each<[text: string, zone: string, expected: string]>([
  ['2024-01-15 12:00', 'Europe/Berlin', '2024-01-15T11:00:00.000Z'],
  ['2024-07-15 12:00', 'Europe/Berlin', '2024-07-15T10:00:00.000Z'],
  ['2024-07-15 12:00', 'Asia/Kolkata', '2024-07-15T06:30:00.000Z'],
  ['2024-07-15 12:00', '+02:00', '2024-07-15T10:00:00.000Z'],
  ['2024-07-15 12:00', '-0330', '2024-07-15T15:30:00.000Z'],
  // The text's own zone wins.
  ['2024-07-15 12:00Z', 'Europe/Berlin', '2024-07-15T12:00:00.000Z'],
  // Left out in spring: as if the clocks had not been changed. Twice in autumn: the first.
  ['2024-03-10 02:30', 'America/New_York', '2024-03-10T07:30:00.000Z'],
  ['2024-03-10 03:00', 'America/New_York', '2024-03-10T07:00:00.000Z'],
  ['2024-11-03 01:30', 'America/New_York', '2024-11-03T05:30:00.000Z'],
  ['2024-11-03 02:00', 'America/New_York', '2024-11-03T07:00:00.000Z'],
  ['2024-10-27 02:30', 'Europe/Paris', '2024-10-27T00:30:00.000Z'],
  ['2024-10-27 03:00', 'Europe/Paris', '2024-10-27T02:00:00.000Z'],
])('%s in %s', (text, zone, expected) => {
  expect(read(text, 'iso', zone)).toBe(expected);
});

test.each([
  ['%Y-%q', 'format has %q, which is not known. Known are %Y %y %m %d %H %I %M %S %f %p %b %z %%.'],
  ['%H:%M', 'format must hold year, month and day: %Y (or %y), %m (or %b) and %d.'],
  ['%Y-%m-%d%', 'format has %, which is not known. Known are %Y %y %m %d %H %I %M %S %f %p %b %z %%.'],
])('the pattern %s is refused', (format, sentence) => {
  expect(compileTime(format)).toBe(sentence);
});
