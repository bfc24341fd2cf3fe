/**
 * What a mapping is given: an event in the form of the Segment specification with the person's profile beside it; or, of a segment, what Segment's own
 * audiences send for somebody who enters or leaves, so that connectors made for those work unchanged. What is absent is left out.
 */
import type { Event } from '../event/event.js';
import { emptyObject, isObject, type JsonObject, type JsonValue } from '../json.js';
import type { Profile } from '../profile/profile.js';

/** Somebody, as mappings see a person. */
export interface GivenPerson {
  readonly id: string;
  /** Values by kind, newest first. */
  readonly identifiers: Readonly<Record<string, readonly string[]>>;
  /** As they count, computed ones among them. */
  readonly traits: JsonObject;
  /** Ids of the segments that the person is in, sorted. */
  readonly segments: readonly string[];
}

/** The person of a profile. */
export function givenPerson(profile: Profile, traits: JsonObject, segments: readonly string[]): GivenPerson {
  const newestFirst = [...profile.identifiers.values()].sort(
    (a, b) => b.lastSeenAt - a.lastSeenAt || (a.value < b.value ? -1 : 1),
  );
  const byKind = new Map<string, string[]>();
  for (const { kind, value } of newestFirst) {
    const values = byKind.get(kind);
    if (values === undefined) byKind.set(kind, [value]);
    else values.push(value);
  }
  return { id: profile.id, identifiers: Object.fromEntries(byKind), traits, segments: [...segments].sort() };
}

/** What is given of an event. @param person left out where the mapping does not look at it. */
export function givenOfEvent(event: Event, person: GivenPerson | undefined): JsonObject {
  const { type, name, userId, anonymousId, groupId, previousId } = event;
  const given: JsonObject = { type, messageId: event.messageId };
  if (name !== '') given[type === 'track' ? 'event' : 'name'] = name;
  if (userId !== '') given.userId = userId;
  if (anonymousId !== '') given.anonymousId = anonymousId;
  if (groupId !== '') given.groupId = groupId;
  if (previousId !== '') given.previousId = previousId;
  given.timestamp = new Date(event.timestamp).toISOString();
  given.receivedAt = new Date(event.receivedAt).toISOString();
  for (const part of ['properties', 'traits', 'context', 'integrations'] as const)
    if (Object.keys(event[part]).length > 0) given[part] = event[part];
  if (person !== undefined) given.profile = person as unknown as JsonObject;
  return given;
}

/** Somebody's entering or leaving a segment. */
export interface Membership {
  /** The delivery's key. */
  readonly key: string;
  readonly segmentId: string;
  readonly entered: boolean;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
}

/** What is given of somebody's entering or leaving. @param options of the connection: `audience_key`, `external_audience_id`, `audience_settings`. */
export function givenOfMembership(
  { key, segmentId, entered, at }: Membership,
  options: JsonObject,
  person: GivenPerson,
): JsonObject {
  const audienceKey = audienceKeyOf(segmentId, options);
  const { external_audience_id: external, audience_settings: settings } = options;
  const moment = new Date(at).toISOString();
  // Plain assignments: audiences of a million are given one by one.
  const personas: JsonObject = {
    computation_class: 'audience',
    computation_key: audienceKey,
    computation_id: segmentId,
  };
  if (external !== undefined) personas.external_audience_id = external;
  if (settings !== undefined) personas.audience_settings = settings;
  personas.namespace = 'tributary';
  const event = entered ? 'Audience Entered' : 'Audience Exited';
  const given: JsonObject = { type: 'track', event, messageId: key };
  addIds(given, person);
  given.timestamp = moment;
  given.receivedAt = moment;
  given.properties = { audience_key: audienceKey, [audienceKey]: entered };
  given.context = { personas, traits: contactTraits(person) };
  given.profile = person as unknown as JsonObject;
  return given;
}

/**
 * What is given of somebody for a row of a snapshot: of the person alone, so that the same person gives the same row each time.
 * @param options of the connection: `audience_key`.
 */
export function givenOfRow(segmentId: string, options: JsonObject, person: GivenPerson): JsonObject {
  const given: JsonObject = { type: 'identify' };
  addIds(given, person);
  given.properties = { audience_key: audienceKeyOf(segmentId, options) };
  given.context = { traits: contactTraits(person) };
  given.profile = person as unknown as JsonObject;
  return given;
}

/** By which name a tool knows the people of a segment. */
export function audienceKeyOf(segmentId: string, { audience_key: key }: JsonObject): string {
  return typeof key === 'string' ? key : segmentId;
}

function addIds(given: JsonObject, { identifiers }: GivenPerson): void {
  const { user_id: [userId] = [], anonymous_id: [anonymousId] = [] } = identifiers;
  if (userId !== undefined) given.userId = userId;
  if (anonymousId !== undefined) given.anonymousId = anonymousId;
}

/** The traits, and an address of each kind where the traits have none. */
function contactTraits({ traits, identifiers }: GivenPerson): JsonObject {
  const { email: [email] = [], phone: [phone] = [] } = identifiers;
  const found = emptyObject(Object.keys(traits));
  if (email !== undefined) found.email = email;
  if (phone !== undefined) found.phone = phone;
  for (const name of Object.keys(traits)) {
    const value = traits[name];
    if (value !== null && value !== undefined) found[name] = value;
  }
  return found;
}

/** The parts of what is given that say who somebody is. */
const OF_PERSON = ['userId', 'anonymousId', 'context', 'profile'] as const;

/**
 * What of somebody a mapping read: enough to say later who was added.
 * @param paths of the mapping; `$` is all.
 */
export function rememberedOf(given: JsonObject, paths: readonly string[]): JsonObject {
  const parts = Object.fromEntries(
    OF_PERSON.flatMap((part) => (given[part] === undefined ? [] : [[part, given[part]]])),
  );
  if (paths.includes('$')) return parts;
  const remembered: JsonObject = {};
  for (const path of paths) copy(parts, remembered, path.split('.'));
  return remembered;
}

/** What is given of somebody now, with what was remembered in its place: about people alone, whatever happened to them since. */
export function withRemembered(given: JsonObject, remembered: JsonObject): JsonObject {
  const merged: JsonObject = { ...given };
  for (const [key, value] of Object.entries(remembered)) {
    const own = merged[key];
    merged[key] = isObject(own) && isObject(value) ? withRemembered(own, value) : value;
  }
  return merged;
}

function copy(from: JsonObject, to: JsonObject, keys: readonly string[]): void {
  const [key = '', ...rest] = keys;
  // A key may hold dots itself, which a path's text does not tell.
  const whole = keys.join('.');
  const name = Object.hasOwn(from, key) ? key : whole;
  if (!Object.hasOwn(from, name) || name === '__proto__') return;
  const value = from[name] as JsonValue;
  if (rest.length === 0 || name === whole || !isObject(value)) to[name] = value;
  else {
    const held = to[name];
    const below: JsonObject = isObject(held) ? held : {};
    // Where a shorter path already took the whole, there is nothing to add.
    if (below !== value) copy(value, below, rest);
    to[name] = below;
  }
}
