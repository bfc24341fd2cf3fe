/** Time zones: what is added to UTC there, and when. */

/** How far a time zone is from UTC, in minutes to the east. */
export interface Zone {
  /** At a time, in milliseconds since 1970 UTC. */
  readonly atUtc: (time: number) => number;
  /** At a local time, in milliseconds as if it were UTC. */
  readonly atLocal: (local: number) => number;
}

/** Compiles a zone: an IANA name, `Z`, or an offset such as `+02:00`; undefined when it does not exist. */
export function compileZone(timezone: string): Zone | undefined {
  if (/^(?:UTC|Z|GMT)$/i.test(timezone)) return fixed(0);
  if (/^[+-]\d\d:?\d\d$/.test(timezone)) {
    return fixed(minutesOf(timezone));
  }
  let clock: Intl.DateTimeFormat;
  try {
    clock = new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' });
  } catch {
    return undefined;
  }
  const known = new Map<number, number>();
  const at = (time: number) => {
    const quarter = Math.floor(time / QUARTER_MS);
    let offset = known.get(quarter);
    if (offset === undefined) {
      offset = readOffset(clock, quarter * QUARTER_MS);
      if (known.size >= CACHED_MAX) known.clear();
      known.set(quarter, offset);
    }
    return offset;
  };
  const atLocal = (local: number) => {
    const before = at(local - DAY_MS);
    const after = at(local + DAY_MS);
    if (before === after) return before;
    // A time that comes twice is the first of the two; one that is left out is read as if the clocks had not been changed.
    const changed = at(local - after * MINUTE_MS) === after && at(local - before * MINUTE_MS) !== before;
    return changed ? after : before;
  };
  return { atUtc: at, atLocal };
}

function fixed(offset: number): Zone {
  return { atUtc: () => offset, atLocal: () => offset };
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Zones change on quarters of an hour: one look at the clock is good for all of it. */
const QUARTER_MS = 15 * MINUTE_MS;
const CACHED_MAX = 50_000;

function readOffset(clock: Intl.DateTimeFormat, time: number): number {
  const name = clock.formatToParts(time).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
  const match = /([+-])(\d\d):(\d\d)/.exec(name);
  return match ? (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) : 0;
}

/** The minutes of an offset such as `Z`, `+02` or `-03:30`. */
export function minutesOf(zone: string): number {
  if (/^z$/i.test(zone)) return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(':', ''));
  return zone.startsWith('-') ? -minutes : minutes;
}
