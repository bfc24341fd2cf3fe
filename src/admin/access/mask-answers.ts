/** Hides personal data in answers to those who may not see it, by what the routes' schemas mark. */
import { type Masker, maskerOf } from '../../core/access/mask.js';
import { isObject } from '../../core/json.js';
import type { AdminApp } from '../admin-parts.js';

/** Maskers of a route's answers, by status. */
const maskers = new WeakMap<object, ReadonlyMap<string, Masker | undefined>>();

/** Masks what routes answer. Streams mask their own items with `maskerOf`. */
export function maskAnswers(app: AdminApp): void {
  app.addHook('preSerialization', async (request, reply, payload) => {
    if (request.actor === null || request.actor.personalData) return payload;
    const { response } = request.routeOptions.schema ?? {};
    if (!isObject(response)) return payload;
    const mask = maskersOf(response).get(String(reply.statusCode));
    return mask === undefined ? payload : mask(payload);
  });
}

function maskersOf(response: object): ReadonlyMap<string, Masker | undefined> {
  const known = maskers.get(response);
  if (known !== undefined) return known;
  const made = new Map(Object.entries(response).map(([status, schema]) => [status, maskerOf(schema)]));
  maskers.set(response, made);
  return made;
}
