import type { During, Selector } from '../../../src/core/segments/definition.js';
import { fulfils } from './fulfils.js';
import type { NaiveEvent } from './naive-person.js';
import { eventValueAt } from './value-at.js';
import { isZone, wallTime } from './wall-clock.js';

/** Whether a selector means an event. */
export function selects(selector: Selector, event: NaiveEvent, now: number): boolean {
  const { where, during } = selector;
  return (
    isNamed(selector, event) &&
    (where === undefined || fulfils(where, (path) => eventValueAt(event, path), now)) &&
    (during === undefined || isDuring(during, event))
  );
}

function isNamed({ event: trackName, type, name }: Selector, event: NaiveEvent): boolean {
  if (trackName !== undefined) return event.type === 'track' && event.name === trackName;
  return (type === undefined || event.type === type) && (name === undefined || event.name === name);
}

function isDuring({ hours, days, zone = 'person' }: During, event: NaiveEvent): boolean {
  const own = isZone(event.context.timezone) ? event.context.timezone : 'UTC';
  const { hour, weekday } = wallTime(event.timestamp, zone === 'person' ? own : zone);
  if (days !== undefined && !days.includes(weekday)) return false;
  if (hours === undefined) return true;
  const { from, to } = hours;
  return from <= to ? from <= hour && hour < to : from <= hour || hour < to;
}
