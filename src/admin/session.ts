import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { personal } from '../core/access/mask.js';
import { passwordFault } from '../core/access/password-rules.js';
import { ROLES } from '../core/access/role.js';
import { TributaryError } from '../core/errors.js';
import type { User } from '../stores/state/users.js';
import { SESSION_COOKIE } from './access/authenticate.js';
import { SignInLimit } from './access/sign-in-limit.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { Problem } from './schemas.js';

const tags = ['access'];
const access = { role: 'public', personal: 'none' } as const;

/** An e-mail address that somebody signs in with. */
export const Email = Type.String({ minLength: 3, maxLength: 254, pattern: '^[^\\s@]+@[^\\s@]+$' });
/** A password; what it must be is said in `password-rules.ts`. */
export const Password = personal(Type.String({ minLength: 1, maxLength: 1000, writeOnly: true }));
/** A name for people. */
export const PersonName = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' });
/** One of the roles. */
export const RoleSchema = Type.Unsafe<(typeof ROLES)[number]>({ type: 'string', enum: [...ROLES] });

const SessionSchema = Type.Object({
  setup: Type.Boolean({ description: 'True while there is nobody: the first to come becomes the owner.' }),
  user: Type.Union([
    Type.Null(),
    Type.Object({
      id: Type.String(),
      email: Type.String(),
      name: Type.String(),
      role: RoleSchema,
      personalData: Type.Boolean(),
    }),
  ]),
  csrf: Type.Union([Type.Null(), Type.String()], {
    description: 'To be sent as the header `x-csrf-token` with every change.',
  }),
});

/** Signing in and out, and the first owner. */
export async function sessionRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  const limit = new SignInLimit();
  app.get(
    '/api/v1/session',
    {
      config: { access },
      schema: { tags, summary: 'Who is signed in', security: [], response: { 200: SessionSchema } },
    },
    async (request) => {
      const secret = request.cookies[SESSION_COOKIE];
      const session = secret === undefined ? undefined : await parts.sessions.find(secret);
      if (session !== undefined) return { setup: false, ...session };
      return { setup: await parts.users.isEmpty(), user: null, csrf: null };
    },
  );
  app.post(
    '/api/v1/session',
    {
      config: { access },
      schema: {
        tags,
        summary: 'Sign in',
        description: 'Sets an http-only cookie. Wrong attempts are limited by address and by account.',
        security: [],
        body: Type.Object({ email: Email, password: Password }, { additionalProperties: false }),
        response: { 200: SessionSchema, 401: Problem, 403: Problem, 429: Problem },
      },
    },
    async (request, reply) => {
      if (!parts.signIn.password)
        throw new TributaryError(
          'forbidden',
          'Signing in by password is switched off here (TRIBUTARY_PASSWORD_SIGN_IN).',
        );
      const { email, password } = request.body;
      const keys = [`ip ${request.ip}`, `email ${email.toLowerCase()}`];
      limit.check(keys, Date.now());
      const user = await parts.users.bySignIn(email, password);
      await noteSignIn(parts, user, email);
      if (user === undefined) {
        limit.failed(keys, Date.now());
        throw new TributaryError('credentials_invalid', 'The e-mail address or the password is wrong.');
      }
      limit.succeeded(keys);
      return openSession(request, reply, user, parts);
    },
  );
  app.delete(
    '/api/v1/session',
    {
      config: { access, audited: false },
      schema: { tags, summary: 'Sign out', security: [], response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      const secret = request.cookies[SESSION_COOKIE];
      if (secret !== undefined) await parts.sessions.close(secret);
      reply.clearCookie(SESSION_COOKIE, { path: '/' });
      return reply.code(204).send(null);
    },
  );
  setupRoute(app, parts);
}

function setupRoute(app: AdminApp, parts: AdminParts): void {
  app.post(
    '/api/v1/setup',
    {
      config: { access },
      schema: {
        tags,
        summary: 'Create the owner',
        description:
          'Once, while there is nobody. Asked from this machine itself, where the server listens on a loopback address; from elsewhere with the admin token as `Authorization: Bearer`.',
        security: [],
        body: Type.Object(
          { email: Email, name: PersonName, password: Password },
          { additionalProperties: false },
        ),
        response: { 201: SessionSchema, 403: Problem, 409: Problem },
      },
    },
    async (request, reply) => {
      if (!isFromHere(request) && !hasAdminToken(request, parts))
        throw new TributaryError(
          'forbidden',
          'The first owner is created on the machine itself, or with the admin token that was shown at the first start.',
        );
      refuseWeak(request.body.password, request.body);
      const user = await parts.users.createFirst(request.body);
      return reply.code(201).send(await openSession(request, reply, user, parts));
    },
  );
}

/** @throws TributaryError `request_invalid` that says what is wrong with a password. */
export function refuseWeak(password: string, about: { readonly email: string; readonly name: string }): void {
  const fault = passwordFault(password, about);
  if (fault !== undefined) throw new TributaryError('request_invalid', fault);
}

/** Who signed in, and who tried to, is in the audit log. */
async function noteSignIn({ audit }: AdminParts, user: User | undefined, email: string): Promise<void> {
  const seq = await audit.begin({
    ...{ actor: user === undefined ? 'nobody' : `user ${user.name}`, action: 'POST /api/v1/session' },
    ...{ path: '/api/v1/session', request: { body: { email } }, before: null },
  });
  await audit.end(seq, user === undefined ? 401 : 200, null);
}

/**
 * Signs somebody in: sets the cookie, and gives the session as the API tells it.
 * @param hoursMax after how many hours it ends even if it is used; without, it goes on.
 */
export async function openSession(
  request: FastifyRequest,
  reply: FastifyReply,
  user: Pick<User, 'id' | 'email' | 'name' | 'role' | 'personalData'>,
  { sessions }: AdminParts,
  hoursMax?: number,
) {
  const { secret, csrf, seconds } = await sessions.open(user.id, hoursMax);
  reply.setCookie(SESSION_COOKIE, secret, {
    ...{ path: '/', httpOnly: true, sameSite: 'strict', maxAge: seconds },
    secure: request.protocol === 'https',
  });
  const { id, email, name, role, personalData } = user;
  return { setup: false, user: { id, email, name, role, personalData }, csrf };
}

/** Asked by a page or program of this machine, by the machine's own name: no other site's page can do that. */
function isFromHere({ ip, hostname, headers }: FastifyRequest): boolean {
  const isLoopback = /^(127\.|::1$|::ffff:127\.)/.test(ip);
  const isOwnName = /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/.test(hostname);
  const { origin } = headers;
  const isOwnPage =
    origin === undefined || origin === `http://${headers.host}` || origin === `https://${headers.host}`;
  return isLoopback && isOwnName && isOwnPage;
}

function hasAdminToken({ headers }: FastifyRequest, { tokens }: AdminParts): boolean {
  const [, token] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  return token !== undefined && tokens.accepts(token);
}
