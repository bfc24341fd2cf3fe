import { type Static, Type } from 'typebox';
import type { JsonValue } from '../core/json.js';
import type { Profile } from '../core/profile/profile.js';
import type { TraitRules } from '../core/profile/traits/trait-rules.js';
import { SegmentCompiler } from '../core/segments/compile.js';
import type { ComputedValue } from '../core/segments/definition.js';
import { explainComputed } from '../core/segments/explain/explain-definition.js';
import { referrersOf } from '../core/segments/references.js';
import { printComputedText } from '../core/segments/text/segment-text.js';
import type { ComputedTrait } from '../stores/state/computed-traits.js';
import { actorLabel } from './access/authenticate.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { ComputedFields, neededComputed, refuseDeepBody } from './definition-body.js';
import { placeFor } from './definition-schemas.js';
import { peopleAtHand } from './people-at-hand.js';
import { moment } from './profile-json.js';
import { Moment, PageQuery, Problem, pageOf } from './schemas.js';

const TraitSchema = Type.Object({
  name: Type.String(),
  description: Type.String(),
  value: placeFor('ComputedTraitValue', 'What it is made of.'),
  text: Type.String({ description: 'The same as text.' }),
  english: Type.String({ description: 'The same in words.' }),
  createdAt: Moment,
});
const ReadSchema = Type.Object({
  ...TraitSchema.properties,
  usedBy: Type.Object(
    { segments: Type.Array(Type.String(), { description: 'Ids.' }) },
    { description: 'What asks for it, and so keeps it from being deleted.' },
  ),
});
const ExplainedSchema = Type.Object({
  value: placeFor('ComputedTraitValue', 'What it is made of, as it was understood.'),
  text: Type.String({ description: 'The same as text.' }),
  english: Type.String({ description: 'The same in words.' }),
});
const ByName = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 255, description: 'Of the trait, URL-encoded.' }),
});
const tags = ['computed traits'];

/** Computed traits: list, read, explain, make or change, delete. */
export async function computedTraitRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  readRoutes(app, parts);
  app.put(
    '/api/v1/computed-traits/:name',
    {
      config: { access: { personal: 'none' } },
      preValidation: refuseDeepBody,
      schema: {
        ...{ tags, summary: 'Make or change a computed trait', params: ByName },
        description:
          'A figure of the events of a person under a name. It goes before a trait of that name. Segments that ask for it get a new version.',
        body: Type.Object(
          { ...ComputedFields, description: Type.Optional(Type.String({ maxLength: 2_000 })) },
          { additionalProperties: false },
        ),
        response: { 200: TraitSchema, 201: TraitSchema, 409: Problem },
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      const { body } = request;
      const { computedTraits, changed } = parts.segmentation;
      const { description = '' } = body;
      const { made } = await computedTraits.put(
        { name, value: neededComputed(body), description },
        actorLabel(request),
      );
      changed();
      return reply.code(made ? 201 : 200).send(traitJson(await computedTraits.get(name)));
    },
  );
  app.delete(
    '/api/v1/computed-traits/:name',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'Delete a computed trait', params: ByName },
        description: 'Refused while segments ask for it.',
        response: { 204: Type.Null(), 404: Problem, 409: Problem },
      },
    },
    async ({ params }, reply) => {
      await parts.segmentation.computedTraits.remove(params.name);
      parts.segmentation.changed();
      return reply.code(204).send(null);
    },
  );
}

function readRoutes(app: AdminApp, parts: AdminParts): void {
  app.get(
    '/api/v1/computed-traits',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'List computed traits' },
        querystring: Type.Object(PageQuery),
        response: { 200: pageOf(TraitSchema) },
      },
    },
    async ({ query: { limit = 50, cursor } }) => {
      const [after = ''] = decodeCursor(cursor, ['string'] as const) ?? [];
      const found = await parts.segmentation.computedTraits.list(after, limit);
      const last = found.at(-1);
      return {
        data: found.map(traitJson),
        nextCursor: found.length === limit && last ? encodeCursor([last.name]) : null,
      };
    },
  );
  app.get(
    '/api/v1/computed-traits/:name',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'Read a computed trait', params: ByName },
        response: { 200: ReadSchema, 404: Problem },
      },
    },
    async ({ params: { name } }) => {
      const { computedTraits, vocabulary } = parts.segmentation;
      const [trait, { segments }] = await Promise.all([computedTraits.get(name), vocabulary()]);
      return { ...traitJson(trait), usedBy: { segments: referrersOf({ trait: name }, segments) } };
    },
  );
  app.post(
    '/api/v1/computed-traits/explain',
    {
      config: { access: { role: 'viewer', personal: 'none' }, audited: false },
      preValidation: refuseDeepBody,
      schema: {
        ...{ tags, summary: 'Check what a computed trait is to be made of, and say it as text and in words' },
        description: 'What is wrong is named by its path, with the fix. No data is read.',
        body: Type.Object(ComputedFields, { additionalProperties: false }),
        response: { 200: ExplainedSchema },
      },
    },
    async ({ body }) => {
      const value = neededComputed(body);
      new SegmentCompiler(await parts.segmentation.vocabulary()).trait(value);
      return { value, ...inWords(value) };
    },
  );
}

/** The values of all computed traits of a person now; those that are missing are left out. */
export async function computedTraitsOf(
  profile: Profile,
  rules: TraitRules,
  parts: AdminParts,
): Promise<Map<string, JsonValue>> {
  const vocabulary = await parts.segmentation.vocabulary();
  const values = new Map<string, JsonValue>();
  if (vocabulary.computed.size === 0) return values;
  const compiler = new SegmentCompiler(vocabulary);
  const compiled = Array.from(vocabulary.computed, ([name, value]) => [name, compiler.trait(value)] as const);
  const leaves = new Set(compiled.flatMap(([, trait]) => [...trait.leaves]));
  const person = (await peopleAtHand([profile], { leaves, counts: new Set() }, rules, parts)).get(profile.id);
  const now = Date.now();
  for (const [name, trait] of compiled) {
    const value = person && trait.value(person, now);
    if (value !== undefined) values.set(name, value);
  }
  return values;
}

function traitJson({ createdAt, ...trait }: ComputedTrait): Static<typeof TraitSchema> {
  return { ...trait, ...inWords(trait.value), createdAt: moment(createdAt) };
}

function inWords(value: ComputedValue): { text: string; english: string } {
  return { text: printComputedText(value), english: explainComputed(value) };
}
