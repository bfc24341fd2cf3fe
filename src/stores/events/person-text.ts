import type { Event } from '../../core/event/event.js';
import { PERSON_CONTEXT_KEYS } from '../../core/event/person-context.js';
import { isObject } from '../../core/json.js';

/**
 * What of an event its person's profile is folded from, as JSON text and as it came: `{"traits":…,"context":…}`, without what is
 * not there; empty when nothing is, as with most events.
 * @param isBot bots keep their user agent, which tells whether a person is behind it.
 */
export function personText({ traits, context }: Event, isBot: boolean): string {
  let kept = '';
  for (const key of PERSON_CONTEXT_KEYS) {
    const value = context[key];
    if (value === undefined || value === null || (isObject(value) && isEmpty(value))) continue;
    kept += `${kept === '' ? '' : ','}"${key}":${JSON.stringify(value)}`;
  }
  if (isBot && typeof context.userAgent === 'string') {
    kept += `${kept === '' ? '' : ','}"userAgent":${JSON.stringify(context.userAgent)}`;
  }
  if (isEmpty(traits)) return kept === '' ? '' : `{"context":{${kept}}}`;
  const traitsJson = JSON.stringify(traits);
  return kept === '' ? `{"traits":${traitsJson}}` : `{"traits":${traitsJson},"context":{${kept}}}`;
}

function isEmpty(object: object): boolean {
  for (const _ in object) return false;
  return true;
}
