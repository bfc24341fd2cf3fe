import { Type } from 'typebox';
import { personal } from '../core/access/mask.js';
import type { JsonValue } from '../core/json.js';
import type { Profile, Sourced } from '../core/profile/profile.js';
import type { TraitRules } from '../core/profile/traits/trait-rules.js';
import { traitOf } from '../core/profile/traits/trait-rules.js';
import type { JudgedProfile } from '../core/quality/quality-of.js';
import { qualityOf } from '../core/quality/quality-of.js';
import { Moment, mapOf, PersonalObject, PersonalText } from './schemas.js';

const ProvenanceSchema = Type.Object({ sourceId: Type.String(), messageId: Type.String(), at: Moment });
const TraitProvenanceSchema = Type.Union([
  ProvenanceSchema,
  Type.Object({ computed: Type.Literal(true) }, { description: 'Of a computed trait.' }),
]);
const AlternativeSchema = Type.Object({
  value: personal(Type.Unknown()),
  sourceId: Type.String(),
  messageId: Type.String(),
  at: Moment,
});

/** A profile as the API gives it. */
export const ProfileSchema = Type.Object({
  id: Type.String(),
  identifiers: Type.Array(
    Type.Object({ kind: Type.String(), value: PersonalText, firstSeenAt: Moment, lastSeenAt: Moment }),
  ),
  moreIdentifiers: Type.Integer({ description: 'Identifiers beyond those: the newest are shown.' }),
  traits: PersonalObject,
  provenance: mapOf(TraitProvenanceSchema, { description: 'Which event gave each trait.' }),
  alternatives: mapOf(Type.Array(AlternativeSchema), {
    description: 'Where sources or events disagree: the values that do not count, with their origin.',
  }),
  consent: mapOf(Type.Boolean(), { description: 'By purpose; a missing one was never asked.' }),
  consentProvenance: mapOf(ProvenanceSchema),
  accounts: Type.Array(Type.Object({ id: Type.String(), firstSeenAt: Moment, lastSeenAt: Moment })),
  firstSeenAt: Moment,
  lastSeenAt: Moment,
  eventCounts: Type.Object({ total: Type.Integer(), byName: mapOf(Type.Integer()) }),
  mergedIds: Type.Array(Type.String(), { description: 'Ids of profiles that this one took in.' }),
  quality: Type.Object(
    {
      completeness: Type.Number({ minimum: 0, maximum: 1 }),
      missing: Type.Array(Type.String(), { description: 'Expected traits that nobody gave.' }),
      flags: Type.Array(
        Type.Object({
          flag: Type.String({
            description:
              'email_invalid, phone_invalid, no_contact, no_name, conflicting_trait or suspected_duplicate.',
          }),
          detail: PersonalText,
          profileId: Type.Optional(
            Type.String({ description: 'Of a suspected duplicate: the other profile. Up to ten are told.' }),
          ),
        }),
      ),
    },
    { description: 'How much of what is expected is known, and what looks wrong.' },
  ),
});

/** Prints a profile. Computed traits go before others of their name. @param twins other profiles that are probably the same person. */
export function profileJson(
  profile: Profile,
  rules: TraitRules,
  twins: JudgedProfile['twins'] = [],
  computed: ReadonlyMap<string, JsonValue> = new Map(),
) {
  const traits = Array.from(profile.traits, ([name, state]) => [name, traitOf(name, state, rules)] as const);
  const winners = new Map(traits.map(([name, { winner }]) => [name, winner]));
  const conflicts = traits.filter(([, { alternatives }]) => alternatives.length > 0);
  const values = valuesOf(winners);
  const alternatives = Object.fromEntries(
    conflicts.map(([name, trait]) => [
      name,
      trait.alternatives.map(({ value, ...origin }) => ({ value, ...provenance(origin) })),
    ]),
  );
  const identifiers = [...profile.identifiers.values()];
  const isComputed = Array.from(computed.keys(), (name) => [name, { computed: true as const }] as const);
  return {
    id: profile.id,
    identifiers: identifiers.map(({ kind, value, firstSeenAt, lastSeenAt }) => ({
      ...{ kind, value, firstSeenAt: moment(firstSeenAt), lastSeenAt: moment(lastSeenAt) },
    })),
    moreIdentifiers: profile.moreIdentifiers,
    traits: withEntries(values, computed),
    provenance: withEntries(provenanceOf(winners), isComputed),
    alternatives,
    consent: valuesOf(profile.consent),
    consentProvenance: provenanceOf(profile.consent),
    accounts: Array.from(profile.accounts, ([id, { firstSeenAt, lastSeenAt }]) => ({
      ...{ id, firstSeenAt: moment(firstSeenAt), lastSeenAt: moment(lastSeenAt) },
    })),
    firstSeenAt: moment(profile.firstSeenAt),
    lastSeenAt: moment(profile.lastSeenAt),
    eventCounts: { total: profile.total, byName: Object.fromEntries(profile.counts) },
    mergedIds: [...profile.merged],
    quality: qualityOf({ traits: values, identifiers, conflicts: conflicts.map(([name]) => name), twins }),
  };
}

/** An object with more entries; they define their keys, `__proto__` included, as assigning would not. */
function withEntries<One, Other>(
  object: Readonly<Record<string, One>>,
  more: Iterable<readonly [string, Other]>,
): Record<string, One | Other> {
  return Object.fromEntries<One | Other>([...Object.entries(object), ...more]);
}

function valuesOf<T>(map: ReadonlyMap<string, Sourced<T>>): Record<string, T> {
  return Object.fromEntries(Array.from(map, ([name, { value }]) => [name, value]));
}

function provenanceOf(map: ReadonlyMap<string, Sourced<unknown>>) {
  return Object.fromEntries(Array.from(map, ([name, sourced]) => [name, provenance(sourced)]));
}

function provenance({ sourceId, messageId, at }: Omit<Sourced<unknown>, 'value'>) {
  return { sourceId, messageId, at: moment(at) };
}

/** A time as the API gives it. */
export function moment(at: number): string {
  return new Date(at).toISOString();
}
