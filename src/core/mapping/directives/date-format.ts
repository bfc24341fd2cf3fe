import { compileTime } from '../../import/time-format.js';
import { compileTimeText } from '../../import/time-text.js';
import { Fields, refuse } from '../../segments/read.js';
import type { Made, Part } from '../part.js';
import type { Reading, Unread } from '../reading.js';

/** Numbers from here on are milliseconds: as seconds they would be in the year 5138. */
const MILLISECONDS_FROM = 100_000_000_000;

/** Reads `@dateFormat`: a time in another form; nothing where the value is none. Ours. */
export function readDateFormat({ value, at }: Unread, reading: Reading): Part {
  const fields = new Fields(value, at);
  const timezone = fields.has('timezone') ? fields.text('timezone') : 'UTC';
  const from = fields.has('from') ? fields.text('from') : 'iso';
  const to = fields.text('format');
  const part = reading.known(fields.raw('value'));
  fields.end();
  const read = compileTime(from, timezone);
  if (typeof read === 'string') return refuse(fields.has('from') ? `${at}.from` : at, read);
  const print = compileTimeText(to, timezone);
  if (typeof print === 'string') return refuse(`${at}.format`, print);
  const timeOf = (made: Made): number | undefined => {
    if (typeof made === 'string')
      return read(made.trim()) ?? (from === 'iso' ? timeOf(numberOf(made)) : undefined);
    if (typeof made !== 'number') return undefined;
    return Math.round(Math.abs(made) < MILLISECONDS_FROM ? made * 1000 : made);
  };
  return {
    evaluate(given, tools) {
      const time = timeOf(part.evaluate(given, tools));
      return time === undefined ? undefined : print(time);
    },
    late: false,
  };
}

function numberOf(text: string): number | undefined {
  return /^-?\d{9,16}(\.\d+)?$/.test(text.trim()) ? Number(text) : undefined;
}
