/**
 * What a connection would do with real events, or with people of its segment. It goes by the functions that the pipeline goes by; nothing is sent and
 * nothing is kept.
 */
import { createHash, randomUUID } from 'node:crypto';
import { compileConsent } from '../core/consent/compile-consent.js';
import { type Consents, consentsOf, eventConsents, gate } from '../core/consent/gate.js';
import { type ConnectionFrom, snapshotPlanOf } from '../core/delivery/connection.js';
import { type CompiledConnection, compileConnection } from '../core/delivery/connection-in-force.js';
import type { AskedDestination } from '../core/delivery/described-kind.js';
import {
  type GivenPerson,
  givenOfEvent,
  givenOfMembership,
  givenOfRow,
  givenPerson,
} from '../core/delivery/given.js';
import { type SnapshotPart, snapshotId } from '../core/delivery/snapshot-plan.js';
import type { Event } from '../core/event/event.js';
import type { JsonObject } from '../core/json.js';
import type { Profile } from '../core/profile/profile.js';
import { type CompiledTrait, SegmentCompiler } from '../core/segments/compile.js';
import type { Person } from '../core/segments/person.js';
import { traitColumns } from '../core/segments/person-row.js';
import type { StoredEvent } from '../stores/events/event-queries.js';
import type { PreparedDefinition } from '../stores/state/connections.js';
import { listConsentRules } from '../stores/state/consent-rules.js';
import type { Destination } from '../stores/state/destinations.js';
import { findProfiles } from '../stores/state/profiles.js';
import type { AdminParts } from './admin-parts.js';
import { peopleAtHand } from './people-at-hand.js';
import { profileByRef } from './profile-ref.js';

/** What is looked at. */
export interface RehearsalOf {
  readonly limit: number;
  /** One event alone. */
  readonly messageId?: string | undefined;
  /** One person alone; see `ByProfileRef`. */
  readonly profile?: string | undefined;
}

/** What would become of one event, or of one person. */
export interface Rehearsed {
  readonly event?: {
    readonly messageId: string;
    readonly offset: number;
    readonly type: string;
    readonly name: string;
  };
  readonly profileId: string;
  readonly matched: boolean;
  /** Why it is not taken, or not sent; in words. */
  readonly why?: string;
  readonly consent?: {
    readonly allowed: boolean;
    readonly reason?: string;
    readonly purposes?: readonly string[];
  };
  readonly payload?: JsonObject;
  readonly exchanges: readonly object[];
  readonly results: readonly object[];
  readonly failure?: { readonly code: string; readonly message: string };
}

const TOOLS = {
  sha256: (text: string, encoding: 'hex' | 'base64') => createHash('sha256').update(text).digest(encoding),
};
const CHANGES_MAX = 5_000;

/** Rehearses a definition on recent events of the kinds that it asks for, or on members of its segment. */
export async function rehearse(
  prepared: PreparedDefinition,
  destination: Destination,
  of: RehearsalOf,
  parts: AdminParts,
): Promise<Rehearsed[]> {
  const vocabulary = await parts.segmentation.vocabulary();
  const compiler = new SegmentCompiler(vocabulary);
  const connection = compileConnection(
    {
      ...{
        connectionId: '',
        connectionNumber: 0,
        version: 0,
        versionNumber: 0,
        ...prepared,
        kind: destination.kind,
        channel: destination.channel,
      },
      ...{
        destinationId: destination.id,
        destinationNumber: destination.number,
        destinationName: destination.name,
      },
      ...{ purposes: destination.purposes, backlogMax: 0 },
    },
    compiler,
  );
  const settings = await parts.activation.destinations.settings(destination.id);
  const stage: Stage = {
    ...{ connection, parts, now: Date.now() },
    tried: { id: destination.id, kind: destination.kind, settings },
    computed: new Map([...vocabulary.computed].map(([name, value]) => [name, compiler.trait(value)])),
  };
  const { from } = connection.definition;
  return 'segment' in from ? rehearsePeople(from, of, stage) : rehearseEvents(of, stage);
}

/** What all that is rehearsed has in common. */
interface Stage {
  readonly connection: CompiledConnection;
  readonly parts: AdminParts;
  readonly tried: AskedDestination;
  readonly computed: ReadonlyMap<string, CompiledTrait>;
  readonly now: number;
}

/** Somebody, as conditions and mappings see a person. */
interface Somebody {
  readonly profile: Profile;
  readonly person: Person;
  readonly given: GivenPerson;
}

async function rehearsePeople(
  { segment, when, snapshot }: Extract<ConnectionFrom, { readonly segment: string }>,
  of: RehearsalOf,
  stage: Stage,
): Promise<Rehearsed[]> {
  const people = await peopleOf(await membersFor(segment, of, stage.parts), stage);
  const { options } = stage.connection.definition;
  const found = Array.from(people.values(), ({ profile, given }) => {
    const key = randomUUID();
    const membership = { key, segmentId: segment, entered: when !== 'left', at: stage.now };
    return sendNothing(
      {
        ...{ shown: { profileId: profile.id }, key, consents: consentsOf(profile.consent) },
        given:
          snapshot === undefined
            ? givenOfMembership(membership, options, given)
            : givenOfRow(segment, options, given),
      },
      stage,
    );
  });
  return Promise.all(found);
}

async function rehearseEvents(of: RehearsalOf, stage: Stage): Promise<Rehearsed[]> {
  const { connection, parts, now } = stage;
  const events = await eventsFor(connection, of, parts);
  const people = await peopleOf(
    events.map(({ profileId }) => profileId),
    stage,
  );
  const consent = compileConsent(await listConsentRules(parts.pool));
  const found = events.map(async (stored): Promise<Rehearsed> => {
    const row = { event: eventOf(stored), enrichment: enrichmentOf(stored) };
    const { messageId, offset, type, name, profileId } = stored;
    const shown = { event: { messageId, offset, type, name }, profileId };
    const one = people.get(profileId);
    const no = (why: string): Rehearsed => ({ ...shown, matched: false, why, exchanges: [], results: [] });
    if (one === undefined) return no('It is an event of nobody.');
    if (!connection.takes(row))
      return no('Its source, its name or what it holds is not what the connection takes.');
    if (connection.who !== undefined && !connection.who.holds(one.person, now))
      return no('The person does not fulfil `who`.');
    const event = eventConsents(consent.said(row.event).purposes);
    const given = givenOfEvent(row.event, one.given);
    return sendNothing(
      { shown, key: randomUUID(), consents: consentsOf(one.profile.consent), event, given },
      stage,
    );
  });
  return Promise.all(found);
}

async function peopleOf(
  ids: readonly string[],
  { connection, parts, computed, now }: Stage,
): Promise<Map<string, Somebody>> {
  const { traits: rules } = await parts.rulesInForce();
  const leaves = new Set([
    ...(connection.who?.leaves ?? []),
    ...[...computed.values()].flatMap((trait) => [...trait.leaves]),
  ]);
  const counts = connection.who?.counts ?? new Set<string>();
  const profiles = await findProfiles(parts.pool, [...new Set(ids)]);
  const people = await peopleAtHand([...profiles.values()], { leaves, counts }, rules, parts);
  const segments = await segmentsOf([...profiles.keys()], parts);
  const found = new Map<string, Somebody>();
  for (const [id, profile] of profiles) {
    const person = people.get(id);
    if (person === undefined) continue;
    const { traits } = traitColumns(profile.traits, rules);
    for (const [name, trait] of computed) {
      const value = trait.value(person, now);
      if (value !== undefined) traits[name] = value;
    }
    found.set(id, { profile, person, given: givenPerson(profile, traits, segments.get(id) ?? []) });
  }
  return found;
}

interface Candidate {
  readonly shown: Pick<Rehearsed, 'event' | 'profileId'>;
  readonly key: string;
  readonly given: JsonObject;
  readonly consents: Consents;
  readonly event?: Consents;
}

async function sendNothing(
  { shown, key, given, consents, event }: Candidate,
  { connection, tried, now, parts: { activation } }: Stage,
): Promise<Rehearsed> {
  const consent =
    event === undefined ? gate(connection.purposes, consents) : gate(connection.purposes, consents, event);
  const head = { ...shown, matched: true, consent };
  const mapped = connection.map(given, TOOLS);
  if ('reason' in mapped)
    return { ...head, why: `${mapped.reason}: ${mapped.error}`, exchanges: [], results: [] };
  const { payload } = mapped;
  const { action, options } = connection.definition;
  const plan = snapshotPlanOf(connection.definition);
  const part: SnapshotPart = plan?.rows === 'differences' ? 'added' : 'row';
  const item = {
    ...{ key, profileId: shown.profileId, payload, given },
    ...(plan === undefined ? {} : { snapshot: { id: snapshotId(now, key), part } }),
  };
  const found = await activation.kinds.dryRun(tried, { action, options }, item);
  const why = consent.allowed ? undefined : `${consent.reason}: ${consent.purposes.join(', ')}`;
  return { ...head, ...(why === undefined ? {} : { why }), payload, ...found };
}

/** Recent events, of the names and types that the connection asks for. */
async function eventsFor(
  { definition }: CompiledConnection,
  { limit, messageId, profile }: RehearsalOf,
  parts: AdminParts,
): Promise<StoredEvent[]> {
  const before = Number.MAX_SAFE_INTEGER;
  if (messageId !== undefined) return parts.events.recent({ messageId }, before, limit);
  if (profile !== undefined) {
    const found = await profileByRef(profile, parts);
    return parts.events.timeline([found.profile.id, ...found.profile.merged], {}, undefined, limit);
  }
  const choices = definition.events ?? [{}];
  const found = await Promise.all(
    choices.map(({ event, type = event === undefined ? undefined : 'track', name = event }) =>
      parts.events.recent({ type, name }, before, limit),
    ),
  );
  const byOffset = new Map(found.flat().map((one) => [one.offset, one]));
  return [...byOffset.values()].sort((a, b) => b.offset - a.offset).slice(0, limit);
}

async function membersFor(
  segmentId: string,
  { limit, profile }: RehearsalOf,
  parts: AdminParts,
): Promise<string[]> {
  if (profile !== undefined) return [(await profileByRef(profile, parts)).profile.id];
  const members = await parts.segmentation.memberships.members(segmentId, { limit });
  return members.map(({ profileId }) => profileId);
}

/** The segments that people are in. */
async function segmentsOf(
  profileIds: readonly string[],
  { segmentation }: AdminParts,
): Promise<Map<string, string[]>> {
  const within = new Map(profileIds.map((id) => [id, new Set<string>()]));
  const changes =
    profileIds.length === 0
      ? []
      : await segmentation.memberships.changes({ profileIds }, undefined, CHANGES_MAX);
  for (const { profileId, segmentId, entered } of changes.toReversed())
    within.get(profileId)?.[entered ? 'add' : 'delete'](segmentId);
  return new Map([...within].map(([id, segments]) => [id, [...segments]]));
}

/** A stored event as the pipeline had it; which destinations it named is not stored. */
function eventOf({ enrichment: _, profileId: __, timestamp, receivedAt, ...event }: StoredEvent): Event {
  return {
    ...event,
    type: event.type as Event['type'],
    integrations: {},
    timestamp: Date.parse(timestamp),
    receivedAt: Date.parse(receivedAt),
  };
}

function enrichmentOf({ enrichment }: StoredEvent): Parameters<CompiledConnection['takes']>[0]['enrichment'] {
  const { campaign, ...own } = enrichment as JsonObject & { readonly campaign: Record<string, string> };
  const { source, medium, name, term, content } = campaign;
  const campaigns = {
    campaignSource: source,
    campaignMedium: medium,
    campaignName: name,
    campaignTerm: term,
    campaignContent: content,
  };
  return { ...own, ...campaigns } as unknown as Parameters<CompiledConnection['takes']>[0]['enrichment'];
}
