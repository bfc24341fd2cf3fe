import { Type } from 'typebox';
import type { DescribedKind } from '../core/delivery/described-kind.js';
import { TributaryError } from '../core/errors.js';
import type { ListedKind } from './activation-parts.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { mapOf, OpenObject, Problem } from './schemas.js';

const channel = Type.String({ description: 'Which suppression list it obeys beside the global one.' });
const head = {
  ...{ kind: Type.String(), title: Type.String(), description: Type.String() },
  categories: Type.Array(Type.String()),
  channel,
};
const FieldsSchema = mapOf(OpenObject, {
  description:
    'By name, in the order in which a form shows them: label, description, type, required, default, choices and so on; see docs/mapping.md.',
});
const ActionSchema = Type.Object({
  ...{
    title: Type.String(),
    description: Type.String(),
    fields: FieldsSchema,
    options: Type.Optional(FieldsSchema),
  },
  batch: Type.Optional(OpenObject),
  ordered: Type.Boolean({ description: 'One after the other for each person.' }),
  takesSnapshots: Type.Boolean({
    description: 'Whether connections may write snapshots of a segment by it.',
  }),
});
const KindSchema = Type.Unsafe<DescribedKind>(
  Type.Object({
    ...head,
    docsUrl: Type.Optional(Type.String()),
    settings: FieldsSchema,
    actions: mapOf(ActionSchema),
    presets: Type.Array(
      Type.Object({ name: Type.String(), action: Type.String(), from: OpenObject, mapping: OpenObject }),
      { description: 'Connections that people mostly want.' },
    ),
    canTest: Type.Boolean({
      description: 'Whether its settings can be tried without changing anything in the tool.',
    }),
    audience: Type.Optional(Type.Object({ fields: FieldsSchema, canCreate: Type.Boolean() })),
  }),
);
const ListedSchema = Type.Unsafe<ListedKind>(
  Type.Object({
    ...head,
    actions: Type.Integer(),
    hasAudience: Type.Boolean({ description: 'Whether it can keep lists of people.' }),
    error: Type.Optional(Type.String({ description: 'Why it cannot be used.' })),
  }),
);
const tags = ['destinations'];

/** Kinds of destinations: the catalogue, and all that a form needs of one. */
export async function destinationKindRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  app.get(
    '/api/v1/destination-kinds',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'List the kinds of destinations' },
        response: {
          200: Type.Object({
            data: Type.Array(ListedSchema),
          }),
        },
      },
    },
    async () => ({ data: [...(await parts.activation.kinds.list())] }),
  );
  app.get(
    '/api/v1/destination-kinds/:kind',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'Read a kind of destination: settings, actions with their fields, presets' },
        params: Type.Object({
          kind: Type.String({
            maxLength: 200,
            description: 'Its kind, URL-encoded, such as `webhook` or `library%2Fbraze`.',
          }),
        }),
        response: { 200: KindSchema, 404: Problem },
      },
    },
    async ({ params }) => kindNamed(params.kind, parts.activation),
  );
}

/** @throws TributaryError `not_found` */
export async function kindNamed(
  kind: string,
  { kinds }: Pick<AdminParts['activation'], 'kinds'>,
): Promise<DescribedKind> {
  const found = await kinds.describe(kind);
  if (found === undefined)
    throw new TributaryError(
      'not_found',
      `There is no kind of destination ${kind}. GET /api/v1/destination-kinds lists them.`,
    );
  return found;
}
