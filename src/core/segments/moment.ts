/** Moments in texts, and the clock on the wall of a zone. */

const MOMENT = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?)?$/;
/** The same for ClickHouse, which counts its groups: all of it, date, hour, minute, second, fraction, zone. */
export const MOMENT_PATTERN =
  '^(\\d{4}-\\d\\d-\\d\\d)(?:[T ](\\d\\d):(\\d\\d)(?::(\\d\\d)(?:\\.(\\d{1,9}))?)?(Z|[+-]\\d\\d:\\d\\d)?)?$';
const YEAR_MIN = 1900;
const YEAR_MAX = 2299;

/** Milliseconds since 1970 UTC of an ISO 8601 text (see the specification, 2.4), or undefined. */
export function readMoment(text: string): number | undefined {
  const match = MOMENT.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match;
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  if (y < YEAR_MIN || y > YEAR_MAX || m < 1 || m > 12 || d < 1 || d > daysIn(y, m)) return undefined;
  const [h, min, s] = [Number(hour), Number(minute), Number(second)];
  const east = zone === 'Z' ? 0 : offsetMinutes(zone);
  if (h > 23 || min > 59 || s > 59 || east === undefined) return undefined;
  const ms = Number(fraction.padEnd(3, '0').slice(0, 3));
  return Date.UTC(y, m - 1, d, h, min, s, ms) - east * 60_000;
}

/** The text of a moment as everything here prints it. */
export function momentText(ms: number): string {
  return new Date(ms).toISOString();
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function offsetMinutes(zone: string): number | undefined {
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(4, 6))];
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

/** What a clock on the wall shows. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 1 is Monday, 7 is Sunday. */
  readonly weekday: number;
}

/** Reads the wall clock of one zone. */
export type WallClock = (ms: number) => WallTime;

const clocks = new Map<string, WallClock | undefined>();
/** Zones come from clients: no more of them are kept than there are, with room. */
const CLOCKS_MAX = 2_000;

/** The clock of an IANA zone, or undefined when there is no such zone. */
export function wallClock(zone: string): WallClock | undefined {
  if (clocks.has(zone)) return clocks.get(zone);
  const clock = createClock(zone);
  if (clocks.size < CLOCKS_MAX) clocks.set(zone, clock);
  return clock;
}

function createClock(zone: string): WallClock | undefined {
  // Offsets are no IANA names, and ClickHouse knows none.
  if (!/^[A-Za-z][\w+/-]*$/.test(zone)) return undefined;
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      ...{ timeZone: zone, hourCycle: 'h23', era: 'short' },
      ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
      ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
    return (ms) => {
      const parts: Record<string, string> = {};
      for (const { type, value } of format.formatToParts(ms)) parts[type] = value;
      const { year, month, day, hour, minute, second } = parts;
      const [y, m, d] = [Number(year), Number(month), Number(day)];
      const weekday = ((new Date(Date.UTC(y, m - 1, d)).getUTCDay() + 6) % 7) + 1;
      return {
        ...{ year: y, month: m, day: d, hour: Number(hour) },
        ...{ minute: Number(minute), second: Number(second), weekday },
      };
    };
  } catch {
    return undefined;
  }
}

const HOUR_MS = 3_600_000;

/** The first moment after one at which a zone's date is another. */
export function nextMidnight(clock: WallClock, after: number): number {
  const today = clock(after).day;
  let low = after;
  let high = after + 26 * HOUR_MS;
  // Clocks that are put forward or back make days of 23 to 25 hours; the date changes once within.
  while (clock(high).day === today) high += HOUR_MS;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (clock(middle).day === today) low = middle;
    else high = middle;
  }
  return high;
}
