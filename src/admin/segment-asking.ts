import { type Static, Type } from 'typebox';
import { personal } from '../core/access/mask.js';
import { TributaryError } from '../core/errors.js';
import { type CompiledSegment, SegmentCompiler, type Vocabulary } from '../core/segments/compile.js';
import type { Node } from '../core/segments/definition.js';
import { explain } from '../core/segments/explain/explain-definition.js';
import { readPathKeys } from '../core/segments/path.js';
import { printText } from '../core/segments/text/segment-text.js';
import type { BrokenBy, Preview, ValueCount } from '../stores/events/segment-queries.js';
import { findProfiles } from '../stores/state/profiles.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { DefinitionFields, neededDefinition, refuseDeepBody } from './definition-body.js';
import { placeFor } from './definition-schemas.js';
import { explainedJson } from './explained-json.js';
import { asksZones, peopleAtHand } from './people-at-hand.js';
import { profileJson } from './profile-json.js';
import { IdentifierSchema, PersonalObject } from './schemas.js';

const BREAKDOWNS_MAX = 5;
const SAMPLE_MAX = 50;
const SAMPLE_DEFAULT = 5;

const ExplainedBody = {
  definition: placeFor('SegmentNode', 'The definition as it was understood.'),
  text: Type.String({ description: 'The definition as text.' }),
  english: Type.String({ description: 'The definition in words.' }),
};
const ReachSchema = Type.Object({
  kind: Type.String({ description: 'Of identifiers, such as email.' }),
  people: Type.Integer({ description: 'That have one.' }),
  consented: Type.Union([Type.Integer(), Type.Null()], {
    description: 'That have one and gave consent to the purpose; null when none was asked for.',
  }),
});
const BreakdownSchema = Type.Object({
  trait: Type.String(),
  values: Type.Array(
    Type.Object({
      value: personal(Type.Unknown({ description: 'Objects count together, as an empty one.' })),
      missing: Type.Boolean({ description: 'Nobody said anything: not the same as null.' }),
      people: Type.Integer(),
    }),
    { description: 'Those of most people, most first.' },
  ),
  others: Type.Integer({ description: 'People with other values than those.' }),
});
const SampledSchema = Type.Object({
  id: Type.String(),
  traits: PersonalObject,
  identifiers: Type.Array(IdentifierSchema),
  why: personal(placeFor('SegmentExplanation', 'Why the person is among them.'), ['value']),
});
const PreviewSchema = Type.Object({
  ...ExplainedBody,
  size: Type.Integer({ description: 'People that it means now.' }),
  total: Type.Integer({ description: 'Everybody.' }),
  reach: Type.Array(ReachSchema),
  breakdowns: Type.Array(BreakdownSchema),
  sample: Type.Array(SampledSchema, { description: 'Some of them.' }),
});
const tags = ['segments'];

/** Questions that a definition asks before it is anybody's segment. */
export async function segmentAskingRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  app.post(
    '/api/v1/segments/explain',
    {
      config: { access: { role: 'viewer', personal: 'none' }, audited: false },
      preValidation: refuseDeepBody,
      schema: {
        ...{ tags, summary: 'Check a definition, and say it as text and in words' },
        description: 'What is wrong is named by its path, with the fix. No data is read.',
        body: Type.Object(DefinitionFields, { additionalProperties: false }),
        response: { 200: Type.Object(ExplainedBody) },
      },
    },
    async ({ body }) => {
      const definition = neededDefinition(body);
      new SegmentCompiler(await parts.segmentation.vocabulary()).segment(definition);
      return inWords(definition);
    },
  );
  app.post(
    '/api/v1/segments/preview',
    {
      config: { access: { role: 'viewer', personal: 'masked' }, audited: false },
      preValidation: refuseDeepBody,
      schema: {
        ...{ tags, summary: 'See whom a definition means' },
        description: 'How many, some of them and why, what they are like, and how many can be reached.',
        body: Type.Object(
          {
            ...DefinitionFields,
            breakdowns: Type.Optional(
              Type.Array(Type.String({ maxLength: 2_000 }), {
                ...{ maxItems: BREAKDOWNS_MAX, uniqueItems: true },
                description: 'Traits, also computed ones, by whose values they are to be counted.',
              }),
            ),
            purpose: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: 'Of consent.' })),
            sample: Type.Optional(Type.Integer({ minimum: 0, maximum: SAMPLE_MAX, default: SAMPLE_DEFAULT })),
          },
          { additionalProperties: false },
        ),
        response: { 200: PreviewSchema },
      },
    },
    async ({ body }) => {
      const { breakdowns = [], purpose, sample = SAMPLE_DEFAULT } = body;
      const definition = neededDefinition(body);
      const vocabulary = await parts.segmentation.vocabulary();
      const compiler = new SegmentCompiler(vocabulary);
      const compiled = compiler.segment(definition);
      const now = Date.now();
      const preview = await parts.segmentation.queries.preview({
        ...{ node: compiled, now, zones: asksZones(compiled), purpose, sample },
        breakdowns: breakdowns.map((trait) => brokenBy(trait, compiler, vocabulary)),
      });
      return {
        ...inWords(definition),
        ...figuresOf(preview, breakdowns, purpose),
        sample: await sampled(preview.sample, compiled, now, parts),
      };
    },
  );
}

function inWords(definition: Node) {
  return { definition, text: printText(definition), english: explain(definition) };
}

function brokenBy(trait: string, compiler: SegmentCompiler, { computed }: Vocabulary): BrokenBy {
  const keys = readPathKeys(trait);
  if (keys === undefined)
    throw new TributaryError(
      'request_invalid',
      `breakdowns: ${JSON.stringify(trait)} must be a path: keys separated by dots, none of them empty; a dot inside a key is \\.`,
    );
  const [name = ''] = keys;
  const value = keys.length === 1 ? computed.get(name) : undefined;
  return value === undefined ? { keys } : { computed: compiler.trait(value) };
}

function figuresOf(
  { size, total, reach, breakdowns: counted }: Preview,
  breakdowns: readonly string[],
  purpose: string | undefined,
): Pick<Static<typeof PreviewSchema>, 'size' | 'total' | 'reach' | 'breakdowns'> {
  return {
    ...{ size, total },
    reach: Array.from(reach, ([kind, { people, consented }]) => {
      return { kind, people, consented: purpose === undefined ? null : consented };
    }),
    breakdowns: breakdowns.map((trait, index) => {
      const values = counted[index] ?? [];
      const shown = values.reduce((sum, { people }) => sum + people, 0);
      return { trait, values: values.map(countJson), others: size - shown };
    }),
  };
}

function countJson({ value, people }: ValueCount) {
  return { value: value ?? null, missing: value === undefined, people };
}

async function sampled(
  ids: readonly string[],
  compiled: CompiledSegment,
  now: number,
  parts: AdminParts,
): Promise<Array<Static<typeof SampledSchema>>> {
  const [found, { traits: rules }] = await Promise.all([findProfiles(parts.pool, ids), parts.rulesInForce()]);
  const profiles = [...found.values()];
  const people = await peopleAtHand(profiles, compiled, rules, parts);
  return profiles.flatMap((profile) => {
    const person = people.get(profile.id);
    if (person === undefined) return [];
    const { id, traits, identifiers } = profileJson(profile, rules);
    return [{ id, traits, identifiers, why: explainedJson(compiled.explain(person, now)) }];
  });
}
