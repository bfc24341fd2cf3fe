import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { admit } from '../core/access/admission.js';
import type { OidcIdentity } from '../core/access/oidc-identity.js';
import { OIDC_CALLBACK } from '../core/access/oidc-settings.js';
import { returnTo } from '../core/access/return-to.js';
import { SIGN_IN_FAILED, type SignInFailure, SignInRefusal } from '../core/access/sign-in-failure.js';
import { TributaryError } from '../core/errors.js';
import type { Arrived } from '../stores/state/oidc-links.js';
import { SignInLimit } from './access/sign-in-limit.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import type { SignInFlow } from './oidc/sign-in-flows.js';
import type { OidcParts } from './oidc/sign-in-parts.js';
import { Problem } from './schemas.js';
import { openSession } from './session.js';

const tags = ['access'];
const access = { role: 'public', personal: 'none' } as const;
/** A session that the provider vouched for: who is removed there is out here after a day at most. */
const SESSION_HOURS_MAX = 24;

/** Signing in by OpenID Connect: the way to the provider, and the way back. Both are addresses that a browser goes to. */
export async function oidcSignInRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  waysRoute(app, parts);
  const route = { config: { access }, exposeHeadRoute: false };
  app.get(
    '/api/v1/session/oidc',
    {
      ...route,
      schema: {
        tags,
        summary: 'Go to the provider to sign in',
        description: 'For browsers: leads to the provider, or back to the page with the reason why not.',
        security: [],
        querystring: Type.Object({
          returnTo: Type.Optional(Type.String({ description: 'A page of ours.' })),
        }),
        response: { 302: Type.Null(), 404: Problem },
      },
    },
    async (request, reply) => begin(oidcOf(parts), request, reply, returnTo(request.query.returnTo)),
  );
  const limit = new SignInLimit();
  app.get(
    '/api/v1/session/oidc/callback',
    {
      ...route,
      schema: {
        tags,
        summary: 'Come back from the provider',
        description:
          'For browsers: signs in as `POST /api/v1/session` does, for a day at most, and leads to the page where that began. Failed attempts are limited by address.',
        security: [],
        querystring: Type.Object({
          code: Type.Optional(Type.String()),
          state: Type.Optional(Type.String()),
          iss: Type.Optional(Type.String()),
          error: Type.Optional(Type.String()),
        }),
        response: { 302: Type.Null(), 404: Problem },
      },
    },
    async (request, reply) => comeBack(parts, limit, request.query.state ?? '', request, reply),
  );
}

function waysRoute(app: AdminApp, parts: AdminParts): void {
  app.get(
    '/api/v1/session/ways',
    {
      config: { access },
      schema: {
        tags,
        summary: 'How people may sign in',
        security: [],
        response: {
          200: Type.Object({
            password: Type.Boolean(),
            oidc: Type.Union([Type.Null(), Type.Object({ label: Type.String() })], {
              description: 'By a provider (OpenID Connect): what its button says.',
            }),
          }),
        },
      },
    },
    async () => {
      const { password, oidc } = parts.signIn;
      return { password, oidc: oidc ? { label: oidc.settings.label } : null };
    },
  );
}

async function begin(
  { provider, flows, failed }: OidcParts,
  request: FastifyRequest,
  reply: FastifyReply,
  page: string,
): Promise<FastifyReply> {
  try {
    const { url, secrets } = await provider.begin();
    flows.keep(request, reply, { ...secrets, returnTo: page }, Date.now());
    return lead(reply, url.href);
  } catch (error) {
    const { failure, message } = refusalOf(error);
    failed(failure, message);
    return lead(reply, failedPage(page, failure));
  }
}

async function comeBack(
  parts: AdminParts,
  limit: SignInLimit,
  state: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const oidc = oidcOf(parts);
  // Apart from passwords: who fails there may still come in here, and the other way round.
  const keys = [`oidc ${request.ip}`];
  const flow = oidc.flows.take(request, reply, state, Date.now());
  try {
    limit.check(keys, Date.now());
    const { user } = await arrive(parts, oidc, flow, new URL(request.url, oidc.settings.redirectUri).search);
    limit.succeeded(keys);
    await openSession(request, reply, user, parts, SESSION_HOURS_MAX);
    return lead(reply, flow?.returnTo ?? '/');
  } catch (error) {
    const { failure, message } = refusalOf(error);
    // No guesses: the provider is down, or somebody thought better of it.
    if (!['unreachable', 'cancelled', 'limited'].includes(failure)) limit.failed(keys, Date.now());
    oidc.failed(failure, message);
    return lead(reply, failedPage(flow?.returnTo ?? '/', failure));
  }
}

/** @throws SignInRefusal, or what else keeps somebody out; see `refusalOf`. */
async function arrive(
  parts: AdminParts,
  { provider, settings }: OidcParts,
  flow: SignInFlow | undefined,
  question: string,
): Promise<Arrived> {
  if (flow === undefined)
    throw new SignInRefusal('expired', 'The browser holds no sign-in of this state that is still open.');
  const identity = await provider.identify(question, flow);
  return noted(parts, identity, async () => {
    const admission = admit(identity, settings.rules);
    if (typeof admission === 'string')
      throw new SignInRefusal(
        admission,
        'The rules of TRIBUTARY_OIDC_… let nobody in with this address or these groups.',
      );
    return parts.signIn.links.letIn(identity, admission);
  });
}

/** Who came, and what that did, is in the audit log, as is who was turned away. */
async function noted(
  { audit }: AdminParts,
  { issuer, verifiedEmail, subject }: OidcIdentity,
  come: () => Promise<Arrived>,
): Promise<Arrived> {
  const seq = await audit.begin({
    // Never the name that the provider tells: that may be anybody's.
    ...{ actor: `oidc ${verifiedEmail ?? subject}`, action: `GET ${OIDC_CALLBACK}`, path: OIDC_CALLBACK },
    ...{ request: { body: { issuer, subject, email: verifiedEmail ?? null } }, before: null },
  });
  try {
    const arrived = await come();
    await audit.end(seq, 200, { did: arrived.did, user: { ...arrived.user } });
    return arrived;
  } catch (error) {
    await audit.end(seq, error instanceof SignInRefusal ? 403 : 500, null);
    throw error;
  }
}

/** Why somebody is kept out. @throws the error itself where it is none of the ways in which signing in fails. */
function refusalOf(error: unknown): SignInRefusal {
  if (error instanceof SignInRefusal) return error;
  if (error instanceof TributaryError && error.code === 'sign_in_limited')
    return new SignInRefusal('limited', error.message);
  // Nobody would be left who could let others in.
  if (error instanceof TributaryError && error.code === 'conflict')
    return new SignInRefusal('not_admitted', error.message);
  throw error;
}

function failedPage(page: string, failure: SignInFailure): string {
  return `${page}${page.includes('?') ? '&' : '?'}${SIGN_IN_FAILED}=${failure}`;
}

function lead(reply: FastifyReply, address: string): FastifyReply {
  // The address that is left holds a code: no other page and no cache is to learn of it.
  return reply.headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }).redirect(address);
}

function oidcOf({ signIn }: AdminParts): OidcParts {
  if (signIn.oidc !== undefined) return signIn.oidc;
  throw new TributaryError(
    'not_found',
    'Signing in by OpenID Connect is not set up (TRIBUTARY_OIDC_ISSUER).',
  );
}
