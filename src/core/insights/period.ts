/** From when to when an insight looks, and on whose clock. */
import { readMoment } from '../segments/moment.js';
import { type Fields, refuse } from '../segments/read.js';

/** From (included) to (excluded), as moments; an IANA zone, UTC where none is given. */
export interface Period {
  readonly from: string;
  readonly to: string;
  readonly zone?: string;
}

/** A period in milliseconds since 1970 UTC. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Reads `from`, `to` and `zone`. @throws TributaryError `definition_invalid` that names the field and the fix. */
export function readPeriod(fields: Fields): Period {
  const period = {
    from: fields.moment('from'),
    to: fields.moment('to'),
    ...readZone(fields),
  };
  const { from, to } = spanOfPeriod(period);
  if (!(from < to)) refuse(`${fields.at}.to`, 'must be later than from.');
  return period;
}

function readZone(fields: Fields): { zone?: string } {
  return fields.raw('zone').value === undefined ? {} : { zone: fields.zone('zone') };
}

/** The period in milliseconds. */
export function spanOfPeriod({ from, to }: Period): Span {
  // Invariant: both were read before.
  return { from: readMoment(from) as number, to: readMoment(to) as number };
}
