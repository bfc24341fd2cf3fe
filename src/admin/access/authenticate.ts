/** Who asks, and whether they may: before anything of a route is done. */
import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { type Actor, type RouteAccess, reaches, routeAccess } from '../../core/access/role.js';
import { TributaryError } from '../../core/errors.js';
import type { AdminTokens } from '../../stores/state/admin-tokens.js';
import type { ApiTokens } from '../../stores/state/api-tokens.js';
import type { Sessions } from '../../stores/state/sessions.js';
import type { AdminApp } from '../admin-parts.js';
import { AUDIT_READER } from './audit-reader.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; of public routes nobody. */
    actor: Actor | null;
  }
  interface FastifyContextConfig {
    /** What the route asks of who uses it; see `routeAccess` for what is left out. */
    access?: Partial<RouteAccess>;
  }
}

/** The cookie of somebody who signed in. */
export const SESSION_COOKIE = 'tributary_session';
/** The header that proves that a change was asked for by our own page. */
export const CSRF_HEADER = 'x-csrf-token';

/** Whom the API lets in. */
export interface Doorkeepers {
  readonly tokens: AdminTokens;
  readonly apiTokens: ApiTokens;
  readonly sessions: Sessions;
}

const ADMIN: Actor = { label: 'admin', role: 'owner', personalData: true };
/** Reads how things are for the audit log: everything but personal data. */
const AUDITOR: Actor = { label: 'audit', role: 'owner', personalData: false };

/** Lets nobody in who may not, and tells routes who asks. */
export function authenticate(app: AdminApp, doorkeepers: () => Doorkeepers): void {
  app.decorateRequest('actor', null);
  app.addHook('onRequest', async (request) => {
    const access = accessOf(request);
    if (access.role === 'public') return;
    const actor = await actorOf(request, doorkeepers());
    if (!reaches(actor.role, access.role))
      throw new TributaryError(
        'forbidden',
        `This is for the role ${access.role}; you are ${actor.role}. An owner can change that.`,
      );
    if (access.personal === 'required' && !actor.personalData)
      throw new TributaryError(
        'personal_data_forbidden',
        'This shows personal data, which you may not see. An owner can change that.',
      );
    request.actor = actor;
  });
}

/** What the route of a request asks. */
export function accessOf({ method, routeOptions }: FastifyRequest): RouteAccess {
  return routeAccess(method, routeOptions.config.access);
}

/** Who asks, as changes are noted. Only routes that are not public have one. */
export function actorLabel({ actor }: FastifyRequest): string {
  // Invariant: `authenticate` let nobody else in.
  return (actor as Actor).label;
}

async function actorOf(
  request: FastifyRequest,
  { tokens, apiTokens, sessions }: Doorkeepers,
): Promise<Actor> {
  if (request.headers[AUDIT_READER.header] === AUDIT_READER.secret) return AUDITOR;
  const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (token !== undefined) {
    if (tokens.accepts(token)) return ADMIN;
    const actor = await apiTokens.actorOf(token);
    if (actor !== undefined) return actor;
    throw new TributaryError('token_invalid', 'The bearer token is wrong, expired or revoked.');
  }
  const secret = request.cookies[SESSION_COOKIE];
  const session = secret === undefined ? undefined : await sessions.find(secret);
  if (session === undefined)
    throw new TributaryError('token_invalid', 'Sign in, or send a token as Authorization: Bearer <token>.');
  if (request.method !== 'GET' && request.method !== 'HEAD') refuseForeign(request, session.csrf);
  const { id, name, role, personalData } = session.user;
  return { label: `user ${name}`, role, personalData, userId: id };
}

/** Cross-site request forgery: a change needs the session's token in a header, which no other site's page can read. */
function refuseForeign({ headers }: FastifyRequest, csrf: string): void {
  const given = Buffer.from(String(headers[CSRF_HEADER] ?? ''));
  const known = Buffer.from(csrf);
  if (given.length === known.length && timingSafeEqual(given, known)) return;
  throw new TributaryError(
    'csrf_invalid',
    `Send the header ${CSRF_HEADER} with the csrf of GET /api/v1/session.`,
  );
}
