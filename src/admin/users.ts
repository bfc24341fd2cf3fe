import { Type } from 'typebox';
import { TributaryError } from '../core/errors.js';
import type { User } from '../stores/state/users.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { Moment, Problem } from './schemas.js';
import { Email, Password, PersonName, RoleSchema, refuseWeak } from './session.js';

const UserSchema = Type.Object({
  id: Type.String(),
  email: Type.String(),
  name: Type.String(),
  role: RoleSchema,
  personalData: Type.Boolean({ description: 'Sees personal data as it is; else it is masked.' }),
  enabled: Type.Boolean(),
  createdAt: Moment,
  lastSeenAt: Type.Union([Moment, Type.Null()]),
  signsInBy: Type.Unsafe<User['signsInBy']>({
    ...{ type: 'array', items: { type: 'string', enum: ['password', 'oidc'] } },
    description: 'Neither, until who was added without a password comes by OpenID Connect.',
  }),
});
const ById = Type.Object({ id: Type.String({ maxLength: 100 }) });
const tags = ['access'];
const config = { access: { role: 'owner', personal: 'none' } } as const;

/** People who may sign in. */
export async function userRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  const { users } = parts;
  app.get(
    '/api/v1/users',
    {
      config,
      schema: {
        tags,
        summary: 'List users',
        response: { 200: Type.Object({ data: Type.Array(UserSchema) }) },
      },
    },
    async () => ({ data: await users.list() }),
  );
  app.post(
    '/api/v1/users',
    {
      config,
      schema: {
        tags,
        summary: 'Add a user',
        description:
          'Without a password they sign in by OpenID Connect, once the provider vouches for the address.',
        body: Type.Object(
          {
            email: Email,
            name: PersonName,
            password: Type.Optional(Password),
            role: RoleSchema,
            personalData: Type.Boolean(),
          },
          { additionalProperties: false },
        ),
        response: { 201: UserSchema, 409: Problem },
      },
    },
    async ({ body }, reply) => {
      if (body.password !== undefined) refuseWeak(body.password, body);
      else if (parts.signIn.oidc === undefined)
        throw new TributaryError('request_invalid', 'password: give one; there is no other way to sign in.');
      return reply.code(201).send(await users.create({ ...body, password: body.password ?? null }));
    },
  );
  app.get(
    '/api/v1/users/:id',
    {
      config,
      schema: { tags, summary: 'Read a user', params: ById, response: { 200: UserSchema, 404: Problem } },
    },
    async ({ params }) => users.get(params.id),
  );
  changeRoute(app, users);
  passwordRoute(app, users);
  unlinkRoute(app, parts);
}

function changeRoute(app: AdminApp, users: AdminParts['users']): void {
  app.patch(
    '/api/v1/users/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Change a user',
        description: 'Signs the user out. The last owner cannot be switched off or made less.',
        params: ById,
        body: Type.Object(
          {
            name: Type.Optional(PersonName),
            password: Type.Optional(Password),
            role: Type.Optional(RoleSchema),
            personalData: Type.Optional(Type.Boolean()),
            enabled: Type.Optional(Type.Boolean()),
          },
          { additionalProperties: false, minProperties: 1 },
        ),
        response: { 200: UserSchema, 404: Problem, 409: Problem },
      },
    },
    async ({ params, body }) => {
      if (body.password !== undefined) refuseWeak(body.password, await users.get(params.id));
      return users.update(params.id, body);
    },
  );
}

function passwordRoute(app: AdminApp, users: AdminParts['users']): void {
  app.put(
    '/api/v1/session/password',
    {
      config: { access: { role: 'viewer', personal: 'none' } },
      schema: {
        tags,
        summary: 'Change your own password',
        description: 'Signs you out everywhere.',
        body: Type.Object({ password: Password, newPassword: Password }, { additionalProperties: false }),
        response: { 204: Type.Null(), 401: Problem },
      },
    },
    async ({ actor, body }, reply) => {
      if (actor?.userId === undefined)
        throw new TributaryError('request_invalid', 'Only who signed in with a password has one.');
      const { email, id, signsInBy } = await users.get(actor.userId);
      if (!signsInBy.includes('password'))
        throw new TributaryError('request_invalid', 'You have no password: an owner can give you one.');
      const user = await users.bySignIn(email, body.password);
      if (user?.id !== id)
        throw new TributaryError('credentials_invalid', 'password is not the present one.');
      refuseWeak(body.newPassword, user);
      await users.update(id, { password: body.newPassword });
      return reply.code(204).send(null);
    },
  );
}

function unlinkRoute(app: AdminApp, parts: AdminParts): void {
  app.delete(
    '/api/v1/users/:id/oidc',
    {
      config,
      schema: {
        tags,
        summary: 'Forget the account by which a user signs in',
        description:
          'Signs the user out. Whoever next comes by OpenID Connect with the verified address of the user is linked anew.',
        params: ById,
        response: { 204: Type.Null(), 404: Problem },
      },
    },
    async ({ params }, reply) => {
      await parts.signIn.links.unlink(params.id);
      return reply.code(204).send(null);
    },
  );
}
