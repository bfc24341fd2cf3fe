import { type Static, Type } from 'typebox';
import { personal } from '../core/access/mask.js';
import type { JsonObject } from '../core/json.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { ByConnection, DefinitionSchema } from './connections.js';
import { refuseDeepBody } from './definition-body.js';
import { prepareConnection } from './prepare-connection.js';
import { type Rehearsed, rehearse } from './rehearse.js';
import { OpenObject, Problem } from './schemas.js';

const which = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 20, description: 'Events, or people. Default: 5.' }),
  ),
  messageId: Type.Optional(Type.String({ maxLength: 255, description: 'This event alone.' })),
  profile: Type.Optional(
    Type.String({ maxLength: 600, description: 'Of this person alone, such as `user_id:42`.' }),
  ),
};
const DryRunSchema = Type.Object({
  data: Type.Array(
    Type.Object({
      event: Type.Optional(
        Type.Object({
          messageId: Type.String(),
          offset: Type.Integer(),
          type: Type.String(),
          name: Type.String(),
        }),
      ),
      profileId: Type.String(),
      matched: Type.Boolean({ description: 'Whether the connection takes it.' }),
      why: Type.Optional(Type.String({ description: 'Why it is not taken, or not sent.' })),
      consent: Type.Optional(
        Type.Object({
          allowed: Type.Boolean(),
          reason: Type.Optional(Type.String()),
          purposes: Type.Optional(Type.Array(Type.String())),
        }),
      ),
      payload: Type.Optional(personal(OpenObject)),
      exchanges: Type.Array(personal(OpenObject), {
        description:
          'The requests that would be sent, secrets masked; also where consent would hold them back.',
      }),
      results: Type.Array(OpenObject, { description: 'What the connector makes of an answer of 200.' }),
      failure: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
    }),
  ),
});
const access = { access: { role: 'viewer', personal: 'masked' }, audited: false } as const;
const tags = ['connections'];

/** Dry runs of connections, made or not made yet. */
export async function dryRunRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  const description =
    'Takes recent events that the connection asks for, or members of its segment, and shows for each whether it is taken, what consent says, the mapped payload, and the requests. Nothing is sent.';
  app.post(
    '/api/v1/connections/dry-run',
    {
      config: access,
      preValidation: refuseDeepBody,
      schema: {
        ...{ tags, summary: 'Show what a connection would send', description },
        body: Type.Object(
          { destinationId: Type.String({ maxLength: 100 }), definition: DefinitionSchema, ...which },
          { additionalProperties: false },
        ),
        response: { 200: DryRunSchema, 404: Problem },
      },
    },
    async ({ body: { destinationId, definition, limit = 5, ...of } }) => {
      const destination = await parts.activation.destinations.get(destinationId);
      const prepared = await prepareConnection(definition, destination, parts);
      return answerOf(await rehearse(prepared, destination, { limit, ...of }, parts));
    },
  );
  app.post(
    '/api/v1/connections/:id/dry-run',
    {
      config: access,
      schema: {
        ...{
          tags,
          summary: 'Show what a connection that is there would send',
          description,
          params: ByConnection,
        },
        body: Type.Object(which, { additionalProperties: false }),
        response: { 200: DryRunSchema, 404: Problem },
      },
    },
    async ({ params, body: { limit = 5, ...of } }) => {
      const { newest, destinationId } = await parts.activation.connections.get(params.id);
      const destination = await parts.activation.destinations.get(destinationId);
      return answerOf(await rehearse(newest, destination, { limit, ...of }, parts));
    },
  );
}

function answerOf(rehearsed: readonly Rehearsed[]): Static<typeof DryRunSchema> {
  return {
    data: rehearsed.map(({ exchanges, results, consent, ...one }) => ({
      ...one,
      exchanges: exchanges.map((exchange) => exchange as JsonObject),
      results: results.map((result) => result as JsonObject),
      ...(consent === undefined
        ? {}
        : { consent: { ...consent, ...(consent.purposes && { purposes: [...consent.purposes] }) } }),
    })) as Static<typeof DryRunSchema>['data'],
  };
}
