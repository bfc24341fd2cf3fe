import type { Static } from 'typebox';
import { Type } from 'typebox';
import { type AlertDefinition, AlertDefinitionSchema, checkAlertRule } from '../core/delivery/alert.js';
import { TributaryError } from '../core/errors.js';
import { type AlertRule, AlertRules } from '../stores/state/alert-rules.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { Moment, Problem } from './schemas.js';

const orNull = Type.Union([Moment, Type.Null()]);
const RuleSchema = Type.Object({
  id: Type.String(),
  ...AlertDefinitionSchema.properties,
  enabled: Type.Boolean(),
  createdAt: Moment,
  firingSince: orNull,
  figure: Type.Union([Type.Number(), Type.Null()], {
    description: 'When it was last looked at, about every 15 seconds.',
  }),
});
const ById = Type.Object({ id: Type.String({ maxLength: 100 }) });
const tags = ['deliveries'];
const access = { access: { personal: 'none' } } as const;

/** Alert rules: list, create, change, delete. */
export async function alertRuleRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  const rules = new AlertRules(parts.pool);
  app.get(
    '/api/v1/alert-rules',
    {
      config: access,
      schema: {
        tags,
        summary: 'List alert rules',
        response: { 200: Type.Object({ data: Type.Array(RuleSchema) }) },
      },
    },
    async () => ({ data: (await rules.list()).map(shown) }),
  );
  app.post(
    '/api/v1/alert-rules',
    {
      config: access,
      schema: {
        ...{
          tags,
          summary: 'Create an alert rule',
          body: AlertDefinitionSchema,
          response: { 201: RuleSchema, 404: Problem },
        },
        description: 'It tells once when it begins to fire, and once when that is over.',
      },
    },
    async ({ body }, reply) => {
      await refuseRule(body, parts);
      const made = await rules.create(body);
      parts.activation.changed();
      return reply.code(201).send(shown(made));
    },
  );
  changeRoutes(app, rules, parts);
}

function changeRoutes(app: AdminApp, rules: AlertRules, parts: AdminParts): void {
  app.patch(
    '/api/v1/alert-rules/:id',
    {
      config: access,
      schema: {
        ...{ tags, summary: 'Switch an alert rule on or off', params: ById },
        body: Type.Object({ enabled: Type.Boolean() }, { additionalProperties: false }),
        response: { 200: RuleSchema, 404: Problem },
      },
    },
    async ({ params, body }) => shown(await rules.change(params.id, body)),
  );
  app.put(
    '/api/v1/alert-rules/:id',
    {
      config: access,
      schema: {
        ...{ tags, summary: 'Change an alert rule', params: ById, body: AlertDefinitionSchema },
        description: 'As a whole: what is left out is no longer said. Whether it fires is looked at anew.',
        response: { 200: RuleSchema, 404: Problem },
      },
    },
    async ({ params, body }) => {
      await refuseRule(body, parts);
      return shown(await rules.change(params.id, { definition: body }));
    },
  );
  app.delete(
    '/api/v1/alert-rules/:id',
    {
      config: access,
      schema: {
        tags,
        summary: 'Delete an alert rule',
        params: ById,
        response: { 204: Type.Null(), 404: Problem },
      },
    },
    async ({ params }, reply) => {
      await rules.remove(params.id);
      return reply.code(204).send(null);
    },
  );
}

/** A rule that could tell nobody, or that nothing could set off, is refused. @throws TributaryError `definition_invalid`, or `not_found` of what it names */
async function refuseRule(rule: AlertDefinition, { activation, sources }: AdminParts): Promise<void> {
  checkAlertRule(rule);
  if (rule.source !== undefined) await sources.get(rule.source);
  if (rule.email === undefined) return;
  const { kind } = await activation.destinations.get(rule.email.destination);
  if (kind !== 'email')
    throw new TributaryError(
      'definition_invalid',
      `email.destination: is of the kind ${kind}; name one of the kind email.`,
    );
}

function shown({
  id,
  definition,
  enabled,
  createdAt,
  firingSince,
  figure,
}: AlertRule): Static<typeof RuleSchema> {
  const iso = (ms: number) => new Date(ms).toISOString();
  return {
    ...{ id, ...definition, enabled, figure, createdAt: iso(createdAt) },
    firingSince: firingSince === null ? null : iso(firingSince),
  };
}
