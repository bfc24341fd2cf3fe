/**
 * Writes down every change: who, what, and how the thing was before and after. What it was is asked of the route that reads it, at the same address, without
 * the right to personal data; so the log holds nothing that is masked or secret.
 */
import type { FastifyRequest } from 'fastify';
import { hide, maskerOf } from '../../core/access/mask.js';
import { isObject, type JsonValue } from '../../core/json.js';
import type { AuditLog } from '../../stores/state/audit-log.js';
import type { AdminApp } from '../admin-parts.js';
import { AUDIT_READER } from './audit-reader.js';
import { accessOf, actorLabel } from './authenticate.js';

const CHANGING = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
/** Characters of a body that are kept. */
const BODY_CHARS_MAX = 64 * 1024;

declare module 'fastify' {
  interface FastifyRequest {
    /** The number of its entry in the audit log. */
    auditSeq: number | null;
  }
  interface FastifyContextConfig {
    /** False where asking changes nothing although it is a POST. */
    audited?: boolean;
  }
}

/** Adds the hooks that keep the log. */
export function keepAudit(app: AdminApp, log: () => AuditLog): void {
  app.decorateRequest('auditSeq', null);
  app.addHook('preHandler', async (request) => {
    if (!isChange(request)) return;
    const { method, routeOptions, params, body } = request;
    request.auditSeq = await log().begin({
      actor: actorLabel(request),
      action: `${method} ${routeOptions.url ?? ''}`,
      path: pathOf(request),
      request: maskedBody(request, { ...(isObject(params) ? params : {}) }, body),
      before: await readTwin(app, request),
    });
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const { auditSeq } = request;
    if (auditSeq === null) return;
    request.auditSeq = null;
    const changed = reply.statusCode < 400;
    const after = changed
      ? ((await readTwin(app, request)) ?? answered(request, reply.statusCode, payload))
      : null;
    await log().end(auditSeq, reply.statusCode, after);
  });
}

function isChange({ method, routeOptions, actor }: FastifyRequest): boolean {
  return CHANGING.has(method) && actor !== null && routeOptions.config.audited !== false;
}

/** The address, without a person's identifiers in it. */
function pathOf({ url, routeOptions }: FastifyRequest): string {
  const path = url.split('?')[0] ?? '';
  return /:ref\b/.test(routeOptions.url ?? '') && !/\/id:/.test(decodeURIComponent(path))
    ? (routeOptions.url ?? '')
    : path;
}

/** How the thing of a request is now, as the route that reads it says; null where none does. */
async function readTwin(app: AdminApp, { method, routeOptions, url }: FastifyRequest): Promise<JsonValue> {
  if (method === 'POST' || !app.hasRoute({ method: 'GET', url: routeOptions.url ?? '' })) return null;
  const answer = await app.inject({
    method: 'GET',
    url: url.split('?')[0] ?? '',
    headers: { [AUDIT_READER.header]: AUDIT_READER.secret },
  });
  return answer.statusCode === 200 && isJson(answer.headers['content-type'])
    ? (answer.json() as JsonValue)
    : null;
}

/** What a change answered: of a thing that was made, the thing. */
function answered({ routeOptions }: FastifyRequest, status: number, payload: unknown): JsonValue {
  if (typeof payload !== 'string' || payload.length > BODY_CHARS_MAX || !payload.startsWith('{')) return null;
  const { response } = routeOptions.schema ?? {};
  const schema = isObject(response) ? response[String(status)] : undefined;
  const mask = maskerOf(schema);
  const value = JSON.parse(payload) as JsonValue;
  return (mask === undefined ? value : mask(value)) as JsonValue;
}

/** What was asked. Of routes that are about people the names of fields alone. */
function maskedBody(request: FastifyRequest, params: object, body: unknown): JsonValue {
  const isAboutPeople = accessOf(request).personal !== 'none';
  const mask = isAboutPeople ? hide : maskerOf(request.routeOptions.schema?.body);
  const isKept = isObject(body) && JSON.stringify(body).length <= BODY_CHARS_MAX;
  const kept = !isKept ? null : mask === undefined ? body : mask(body);
  const shown = Object.fromEntries(
    Object.entries(params).map(([name, one]) => [name, name === 'ref' ? hide(one) : one]),
  );
  return { params: shown, body: kept } as JsonValue;
}

function isJson(type: unknown): boolean {
  return typeof type === 'string' && type.startsWith('application/json');
}
