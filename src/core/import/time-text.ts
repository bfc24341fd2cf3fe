/** Writes times: the formats that `compileTime` reads. */
import { compileZone } from './zone.js';

/** Writes a time, in milliseconds since 1970 UTC: undefined for one outside of the calendar. */
export type WriteTime = (time: number) => string | number | undefined;

const TIME_MAX = Date.UTC(9999, 11, 31);
const TIME_MIN = Date.UTC(0, 0, 1);
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A letter of a pattern: from the local time as if it were UTC, and the zone's offset. */
const LETTERS: Readonly<Record<string, (local: Date, offset: number) => string>> = {
  Y: (local) => padded(local.getUTCFullYear(), 4),
  y: (local) => padded(local.getUTCFullYear() % 100, 2),
  m: (local) => padded(local.getUTCMonth() + 1, 2),
  // A month is one of twelve.
  b: (local) => MONTHS[local.getUTCMonth()] as string,
  d: (local) => padded(local.getUTCDate(), 2),
  H: (local) => padded(local.getUTCHours(), 2),
  I: (local) => padded(local.getUTCHours() % 12 || 12, 2),
  M: (local) => padded(local.getUTCMinutes(), 2),
  S: (local) => padded(local.getUTCSeconds(), 2),
  f: (local) => padded(local.getUTCMilliseconds(), 3),
  p: (local) => (local.getUTCHours() < 12 ? 'AM' : 'PM'),
  z: (_, offset) => offsetText(offset, ''),
  '%': () => '%',
};

/**
 * Compiles a format: `iso`, `date`, `unix`, `unix_ms` (both numbers), `yyyymmdd`, or a pattern of %Y %y %m %d %H %I %M %S %f %p %b %z %%.
 * @param timezone an IANA name, `Z`, or an offset such as `+02:00`.
 * @returns what writes it, or a sentence that says what is wrong.
 */
export function compileTimeText(format: string, timezone: string): WriteTime | string {
  switch (format) {
    case 'iso':
      return compilePattern(timezone, (local, offset) => {
        const text = local.toISOString();
        return offset === 0 ? text : `${text.slice(0, -1)}${offsetText(offset, ':')}`;
      });
    case 'date':
      return compileTimeText('%Y-%m-%d', timezone);
    case 'yyyymmdd':
      return compileTimeText('%Y%m%d', timezone);
    case 'unix':
      return (time) => Math.floor(time / 1000);
    case 'unix_ms':
      return (time) => time;
    default: {
      const letters = Array.from(format.matchAll(/%(.?)/gs), ([, letter = '']) => letter);
      if (letters.length === 0)
        return `format ${format} is not known. Use iso, date, unix, unix_ms, yyyymmdd, or a pattern such as %Y-%m-%d %H:%M:%S.`;
      const unknown = letters.find((letter) => !Object.hasOwn(LETTERS, letter));
      if (unknown !== undefined)
        return `format has %${unknown}, which is not known. Known are %Y %y %m %d %H %I %M %S %f %p %b %z %%.`;
      return compilePattern(timezone, (local, offset) =>
        // Every letter was looked up above.
        format.replace(/%(.)/gs, (_, letter: string) => LETTERS[letter]!(local, offset)),
      );
    }
  }
}

function compilePattern(
  timezone: string,
  write: (local: Date, offset: number) => string,
): WriteTime | string {
  const zone = compileZone(timezone);
  if (zone === undefined)
    return `timezone ${timezone} is not known. Use an IANA name such as Europe/Paris, or an offset such as +02:00.`;
  return (time) => {
    if (!(time >= TIME_MIN && time <= TIME_MAX)) return undefined;
    const offset = zone.atUtc(time);
    return write(new Date(time + offset * 60_000), offset);
  };
}

function offsetText(offset: number, colon: string): string {
  const minutes = Math.abs(offset);
  return `${offset < 0 ? '-' : '+'}${padded(Math.floor(minutes / 60), 2)}${colon}${padded(minutes % 60, 2)}`;
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
