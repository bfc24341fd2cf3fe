/** Reads the times of files: well-known formats, and patterns in the manner of strptime. */
import { compileZone, minutesOf } from './zone.js';

/** Reads a time: milliseconds since 1970 UTC, or undefined when the text is not of the format. */
export type ReadTime = (text: string) => number | undefined;

interface Moment {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  ms: number;
  /** 0 is AM, 12 is PM; undefined on a clock of 24 hours. */
  half?: number;
  /** Minutes east of UTC, when the text says. */
  offset?: number;
}

/**
 * Compiles a time format: `iso`, `unix`, `unix_ms`, `yyyymmdd`, or a pattern of %Y %y %m %d %H %I %M %S %f %p %b %z %%.
 * @param timezone of texts that do not say theirs: an IANA name, `Z`, or an offset such as `+02:00`.
 * @returns the reader, or a sentence that says what is wrong.
 */
export function compileTime(format = 'iso', timezone = 'UTC'): ReadTime | string {
  const zone = compileZone(timezone);
  if (zone === undefined)
    return `timezone ${timezone} is not known. Use an IANA name such as Europe/Paris, or an offset such as +02:00.`;
  const toUtc = (moment: Moment | undefined) => moment && utcOf(moment, zone.atLocal);
  switch (format) {
    case 'iso':
      return (text) => toUtc(readIso(text));
    case 'unix':
      return (text) => readNumber(text, 1000);
    case 'unix_ms':
      return (text) => readNumber(text, 1);
    case 'yyyymmdd':
      return (text) => (/^\d{8}$/.test(text) ? toUtc(YYYYMMDD(text)) : undefined);
    default: {
      if (!format.includes('%'))
        return `format ${format} is not known. Use iso, unix, unix_ms, yyyymmdd, or a pattern such as %Y-%m-%d %H:%M:%S.`;
      const letters = Array.from(format.matchAll(/%(.?)/gs), ([, letter = '']) => letter);
      const unknown = letters.find(
        (letter) => letter === '' || !`%${Object.keys(LETTERS).join('')}`.includes(letter),
      );
      if (unknown !== undefined) {
        return `format has %${unknown}, which is not known. Known are %Y %y %m %d %H %I %M %S %f %p %b %z %%.`;
      }
      const has = (...some: string[]) => some.some((letter) => letters.includes(letter));
      if (!has('Y', 'y') || !has('m', 'b') || !has('d')) {
        return 'format must hold year, month and day: %Y (or %y), %m (or %b) and %d.';
      }
      const read = compilePattern(format);
      return (text) => toUtc(read(text));
    }
  }
}

function readIso(text: string): Moment | undefined {
  const match = ISO_TIME.exec(text);
  if (!match) return ISO(text);
  const [, date = '', hour, minute, second = 0, fraction = '', zone] = match;
  const day = ISO(date);
  if (day === undefined) return undefined;
  const moment = {
    ...day,
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    ms: msOf(fraction),
  };
  return zone === undefined ? moment : { ...moment, offset: minutesOf(zone) };
}

function readNumber(text: string, factor: number): number | undefined {
  return /^-?\d{1,15}(\.\d+)?$/.test(text) ? Math.round(Number(text) * factor) : undefined;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** What each letter reads, and what it says. As with strptime, leading zeros may be missing. */
const LETTERS: Readonly<
  Record<string, readonly [pattern: string, set: (moment: Moment, text: string) => void]>
> = {
  Y: [
    '\\d{4}',
    (moment, text) => {
      moment.year = Number(text);
    },
  ],
  // Two digits as POSIX has them: 69 to 99 are of the last century.
  y: [
    '\\d{2}',
    (moment, text) => {
      moment.year = Number(text) + (Number(text) < 69 ? 2000 : 1900);
    },
  ],
  m: [
    '\\d{1,2}',
    (moment, text) => {
      moment.month = Number(text);
    },
  ],
  b: [
    '[A-Za-z]{3}',
    (moment, text) => {
      moment.month = MONTHS.indexOf(text.toLowerCase()) + 1;
    },
  ],
  d: [
    '\\d{1,2}',
    (moment, text) => {
      moment.day = Number(text);
    },
  ],
  H: [
    '\\d{1,2}',
    (moment, text) => {
      moment.hour = Number(text);
    },
  ],
  I: [
    '\\d{1,2}',
    (moment, text) => {
      moment.hour = Number(text) >= 1 && Number(text) <= 12 ? Number(text) % 12 : 99;
    },
  ],
  M: [
    '\\d{1,2}',
    (moment, text) => {
      moment.minute = Number(text);
    },
  ],
  S: [
    '\\d{1,2}',
    (moment, text) => {
      moment.second = Number(text);
    },
  ],
  f: [
    '\\d{1,9}',
    (moment, text) => {
      moment.ms = msOf(text);
    },
  ],
  p: [
    '[AaPp][Mm]',
    (moment, text) => {
      moment.half = /^p/i.test(text) ? 12 : 0;
    },
  ],
  z: [
    'Z|[+-]\\d\\d(?::?\\d\\d)?',
    (moment, text) => {
      moment.offset = minutesOf(text);
    },
  ],
};

/** The pattern's letters must be known; whoever calls has made sure. */
function compilePattern(format: string): (text: string) => Moment | undefined {
  const setters: Array<(moment: Moment, text: string) => void> = [];
  const source = format.replace(/%(.)|[^%]/gs, (part: string, letter: string | undefined) => {
    const known = letter === undefined ? undefined : LETTERS[letter];
    if (known === undefined) return (letter ?? part).replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    setters.push(known[1]);
    return `(${known[0]})`;
  });
  const pattern = new RegExp(`^${source}$`);
  return (text) => {
    const match = pattern.exec(text);
    if (!match) return undefined;
    const moment: Moment = { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0, ms: 0 };
    for (const [at, set] of setters.entries()) set(moment, match[at + 1] ?? '');
    return moment;
  };
}

const ISO_TIME =
  /^(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)?$/i;
const ISO = compilePattern('%Y-%m-%d');
const YYYYMMDD = compilePattern('%Y%m%d');

function msOf(fraction: string): number {
  return Number(fraction.padEnd(3, '0').slice(0, 3));
}

/** Milliseconds since 1970 UTC; undefined for a day or an hour that does not exist, such as the 31st of April. */
function utcOf(moment: Moment, offsetAt: (local: number) => number): number | undefined {
  const { year, month, day, minute, second, ms, half = 0, offset } = moment;
  const hour = moment.hour + half;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const local = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  const date = new Date(local);
  // Date.UTC takes the years 0 to 99 for 1900 to 1999; no file of ours is that old.
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day)
    return undefined;
  return local - (offset ?? offsetAt(local)) * 60_000;
}
