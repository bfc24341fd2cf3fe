import { Type } from 'typebox';
import { personal } from '../core/access/mask.js';
import { TributaryError } from '../core/errors.js';
import { actorLabel } from './access/authenticate.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { Moment, Problem } from './schemas.js';
import { PersonName, RoleSchema } from './session.js';

const TokenSchema = Type.Object({
  id: Type.String(),
  name: Type.String(),
  role: RoleSchema,
  personalData: Type.Boolean(),
  createdBy: Type.String(),
  createdAt: Moment,
  expiresAt: Type.Union([Moment, Type.Null()]),
  lastUsedAt: Type.Union([Moment, Type.Null()]),
});
/** Masked in the audit log. */
const Secret = personal(Type.String());
const tags = ['access'];
const config = { access: { role: 'owner', personal: 'none' } } as const;

/** Tokens of programs. */
export async function apiTokenRoutes(app: AdminApp, { apiTokens }: AdminParts): Promise<void> {
  app.get(
    '/api/v1/tokens',
    {
      config,
      schema: {
        tags,
        summary: 'List tokens',
        response: { 200: Type.Object({ data: Type.Array(TokenSchema) }) },
      },
    },
    async () => ({ data: await apiTokens.list() }),
  );
  app.post(
    '/api/v1/tokens',
    {
      config,
      schema: {
        tags,
        summary: 'Make a token',
        description: 'The token itself is in this answer alone.',
        body: Type.Object(
          {
            name: PersonName,
            role: RoleSchema,
            personalData: Type.Optional(Type.Boolean({ default: false })),
            expiresAt: Type.Optional(Moment),
          },
          { additionalProperties: false },
        ),
        response: { 201: Type.Object({ ...TokenSchema.properties, token: Secret }) },
      },
    },
    async (request, reply) => {
      const { name, role, personalData = false, expiresAt } = request.body;
      if (expiresAt !== undefined && Date.parse(expiresAt) <= Date.now())
        throw new TributaryError('request_invalid', 'expiresAt lies in the past.');
      const createdBy = actorLabel(request);
      const { made, token } = await apiTokens.create({
        name,
        role,
        personalData,
        createdBy,
        expiresAt: expiresAt ?? null,
      });
      return reply.code(201).send({ ...made, token });
    },
  );
  app.delete(
    '/api/v1/tokens/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Revoke a token',
        params: Type.Object({ id: Type.String({ maxLength: 100 }) }),
        response: { 204: Type.Null(), 404: Problem },
      },
    },
    async ({ params }, reply) => {
      await apiTokens.revoke(params.id);
      return reply.code(204).send(null);
    },
  );
}
