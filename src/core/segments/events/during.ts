/** Times of the day and days of the week. */
import type { During } from '../definition.js';
import { type WallClock, wallClock } from '../moment.js';
import { Fields, refuse } from '../read.js';
import type { SqlContext } from '../sql/sql-context.js';
import type { EventCondition } from './condition.js';
import type { SegmentEvent } from './segment-event.js';

const PERSON = 'person';

/** Reads it. */
export function readDuring(value: unknown, at: string): During {
  const fields = new Fields(value, at);
  const during: During = {
    ...(fields.has('hours') ? { hours: readHours(fields) } : {}),
    ...(fields.has('days') ? { days: readDays(fields) } : {}),
    ...(fields.has('zone') ? { zone: readZone(fields) } : {}),
  };
  fields.end();
  if (during.hours === undefined && during.days === undefined) refuse(at, 'must have hours, days, or both.');
  return during;
}

/** Compiles it. */
export function compileDuring({ hours, days, zone = PERSON }: During): EventCondition {
  const isHour = hours === undefined ? () => true : hourTest(hours.from, hours.to);
  const isDay = days === undefined ? () => true : (day: number) => days.includes(day);
  const clockOf = clockReader(zone);
  return {
    holds(event) {
      const { hour, weekday } = clockOf(event)(event.event.timestamp);
      return isHour(hour) && isDay(weekday);
    },
    sql(sql) {
      const inZone = (name: string) => conditionSql(sql, sql.text(name), hours, days);
      if (zone !== PERSON) return inZone(zone);
      const own = "ifNull(context.timezone.:String, '')";
      const zones = sql.at.zones.filter((name) => name !== 'UTC' && wallClock(name) !== undefined);
      const branches = zones.map((name) => `${own} = ${sql.text(name)}, ${inZone(name)}, `);
      return branches.length === 0 ? inZone('UTC') : `multiIf(${branches.join('')}${inZone('UTC')})`;
    },
  };
}

function conditionSql(sql: SqlContext, zone: string, hours: During['hours'], days: During['days']): string {
  const parts: string[] = [];
  if (hours !== undefined) {
    const hour = `toHour(timestamp, ${zone})`;
    const { from, to } = hours;
    parts.push(
      from < to ? `(${hour} >= ${from} AND ${hour} < ${to})` : `(${hour} >= ${from} OR ${hour} < ${to})`,
    );
  }
  if (days !== undefined)
    parts.push(`has(${sql.bind([...days], 'Array(UInt8)')}, toDayOfWeek(timestamp, 0, ${zone}))`);
  return `(${parts.join(' AND ')})`;
}

function hourTest(from: number, to: number): (hour: number) => boolean {
  return from < to ? (hour) => hour >= from && hour < to : (hour) => hour >= from || hour < to;
}

function clockReader(zone: string): (event: SegmentEvent) => WallClock {
  // Invariant: a zone of a definition was read before, and there is UTC everywhere.
  const utc = wallClock('UTC') as WallClock;
  if (zone !== PERSON) {
    const fixed = wallClock(zone) ?? utc;
    return () => fixed;
  }
  return ({ event }) => {
    const { timezone } = event.context;
    return (typeof timezone === 'string' ? wallClock(timezone) : undefined) ?? utc;
  };
}

function readHours(fields: Fields): NonNullable<During['hours']> {
  const { value, at } = fields.raw('hours');
  const hours = new Fields(value, at);
  const [from, to] = [hours.whole('from', { min: 0, max: 24 }), hours.whole('to', { min: 0, max: 24 })];
  hours.end();
  if (from === to) refuse(at, 'must not begin and end at the same hour.');
  return { from, to };
}

function readDays(fields: Fields): number[] {
  return fields.list('days', { min: 1, max: 7 }).map(({ value, at }) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > 7)
      refuse(at, 'must be a day of the week, from 1 (Monday) to 7 (Sunday).');
    return value;
  });
}

function readZone(fields: Fields): string {
  return fields.raw('zone').value === PERSON ? PERSON : fields.zone('zone');
}
