/**
 * The rules of identity: which values name a person, what may join people, and which value of a trait survives. They are one
 * document, configured as a whole, versioned and validated. What each rule means is specified in `docs/specs/identity.md`.
 */
import type { Static } from 'typebox';
import { Type } from 'typebox';

const closed = { additionalProperties: false } as const;
const SourceId = Type.String({ minLength: 1, maxLength: 100 });

/** A path into an event, or the path in the events of one source alone. */
export const PathSchema = Type.String({
  minLength: 1,
  maxLength: 200,
  description:
    'Where the value stands: `userId`, `anonymousId`, `traits.email` (of the person, never of a group), `context.device.id`, ' +
    '`context.externalIds[type]` (the `id` of the entry of that type), `properties.card.number` and so on.',
});

/** One kind of identifier. */
export const IdentifierRuleSchema = Type.Object(
  {
    kind: Type.String({
      pattern: '^[a-z][a-z0-9_]{0,39}$',
      description: 'Its name, unique among the kinds.',
    }),
    from: Type.Array(Type.Union([PathSchema, Type.Object({ source: SourceId, path: PathSchema }, closed)]), {
      minItems: 1,
      maxItems: 20,
      description: 'Paths; each that holds a value gives an identifier.',
    }),
    normalise: Type.Optional(
      Type.Union(
        [Type.Literal('text'), Type.Literal('lower'), Type.Literal('email'), Type.Literal('phone')],
        {
          default: 'text',
          description:
            'How values are made comparable. `text`: trimmed, Unicode NFC. `lower`: that, in lower case. `email`: an address, in ' +
            'lower case. `phone`: an E.164 number.',
        },
      ),
    ),
    format: Type.Optional(
      Type.String({
        maxLength: 500,
        description: 'A regular expression that the whole normalised value must match.',
      }),
    ),
    blocked: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
        maxItems: 1_000,
        description:
          'Values that name nobody, compared without regard to case; `/…/` is a regular expression for the whole value. They add to ' +
          'the values that are blocked by default.',
      }),
    ),
    defaultBlocked: Type.Optional(
      Type.Boolean({
        default: true,
        description:
          'Whether the built-in list of values that name nobody holds for this kind (see docs/specs/identity.md).',
      }),
    ),
    notBlocked: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
        maxItems: 1_000,
        description:
          'Values of the built-in list that do name somebody of this kind, compared without regard to case.',
      }),
    ),
    unique: Type.Optional(
      Type.Boolean({ default: false, description: 'True when two different values never share a profile.' }),
    ),
    link: Type.Optional(
      Type.Union([Type.Literal('merge'), Type.Literal('attach')], {
        default: 'attach',
        description:
          '`merge`: profiles that share a value are one person. `attach`: a value goes along with a person, and brings what was ' +
          'known by it alone, but never joins two people who are known by something stronger.',
      }),
    ),
    moves: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'Of `attach`: a value that another person held moves on to the new one, as devices do; else it stays.',
      }),
    ),
    limit: Type.Optional(
      Type.Object(
        {
          count: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
          days: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: 3_650,
              description: 'Counts those seen within so many days; without it, ever.',
            }),
          ),
        },
        { ...closed, description: 'How many values of this kind one profile may hold.' },
      ),
    ),
    peopleMax: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000,
        description:
          'A value that so many other people gave as well is quarantined: it no longer links anybody.',
      }),
    ),
  },
  closed,
);

/** How the value of a trait is chosen where events and sources disagree. */
export const TraitRuleSchema = Type.Object(
  {
    trait: Type.String({
      minLength: 1,
      maxLength: 255,
      description: 'Name of the trait; `*` stands for all others.',
    }),
    keep: Type.Optional(
      Type.Union(
        [
          Type.Literal('last'),
          Type.Literal('first'),
          Type.Literal('longest'),
          Type.Literal('most_frequent'),
          Type.Literal('by_source'),
          Type.Literal('union'),
          Type.Literal('deep'),
        ],
        {
          default: 'last',
          description:
            '`last` and `first` by the time of the event; `longest` text; `most_frequent` value; `by_source`: the last of the first source ' +
            'in `sources` that gave one; `union`: all items of the arrays; `deep`: each leaf of an object by itself, the last one.',
        },
      ),
    ),
    sources: Type.Optional(
      Type.Array(SourceId, {
        maxItems: 100,
        description: 'For `by_source`, best first; sources that are missing come last.',
      }),
    ),
    never: Type.Optional(
      Type.Array(SourceId, {
        maxItems: 100,
        description: 'Sources whose values of this trait are not believed.',
      }),
    ),
  },
  closed,
);

/** The whole document. */
export const IdentityRulesSchema = Type.Object(
  {
    identifiers: Type.Array(IdentifierRuleSchema, {
      minItems: 1,
      maxItems: 50,
      description: 'The kinds of identifiers, strongest first.',
    }),
    email: Type.Optional(
      Type.Object(
        {
          ignoreDots: Type.Optional(
            Type.Array(Type.String({ maxLength: 253 }), {
              maxItems: 100,
              description: 'Domains that ignore dots before the @.',
            }),
          ),
          ignorePlus: Type.Optional(
            Type.Array(Type.String({ maxLength: 253 }), {
              maxItems: 100,
              description: 'Domains that deliver `name+tag@` to `name@`.',
            }),
          ),
        },
        closed,
      ),
    ),
    phone: Type.Optional(
      Type.Object(
        {
          country: Type.Optional(
            Type.String({
              pattern: '^[A-Z]{2}$',
              description: 'Country (ISO 3166-1) of numbers without a prefix where the person gives none.',
            }),
          ),
          countryOf: Type.Optional(
            Type.Array(
              Type.Object({ source: SourceId, country: Type.String({ pattern: '^[A-Z]{2}$' }) }, closed),
              {
                maxItems: 1_000,
                description: 'The same for single sources.',
              },
            ),
          ),
        },
        closed,
      ),
    ),
    traits: Type.Optional(Type.Array(TraitRuleSchema, { maxItems: 1_000 })),
  },
  closed,
);

export type IdentifierRule = Static<typeof IdentifierRuleSchema>;
export type TraitRule = Static<typeof TraitRuleSchema>;
export type IdentityRules = Static<typeof IdentityRulesSchema>;

/** Rules that serve an ordinary shop unchanged: none of them joins two people on a shared device, phone or mistyped address. */
export const DEFAULT_RULES: IdentityRules = {
  identifiers: [
    { kind: 'user_id', from: ['userId'], unique: true, link: 'merge' },
    {
      ...{ kind: 'email', from: ['traits.email', 'context.traits.email'], normalise: 'email' },
      ...{ link: 'merge', limit: { count: 10 }, peopleMax: 5 },
    },
    {
      ...{ kind: 'phone', from: ['traits.phone', 'context.traits.phone'], normalise: 'phone' },
      ...{ link: 'attach', limit: { count: 10 }, peopleMax: 5 },
    },
    {
      ...{ kind: 'anonymous_id', from: ['anonymousId'], link: 'attach', moves: true },
      ...{ limit: { count: 100, days: 30 }, peopleMax: 20 },
    },
  ],
};
