import type { FastifyReply, FastifyRequest } from 'fastify';

const PREFLIGHT_SECONDS = 86_400;

/** Lets pages of the allowed origins read the answers. (https://fetch.spec.whatwg.org/#http-cors-protocol) */
export function allowOrigin(request: FastifyRequest, reply: FastifyReply, origins: readonly string[]): void {
  const { origin } = request.headers;
  reply.header('vary', 'Origin');
  if (origin === undefined || !(origins.includes('*') || origins.includes(origin))) return;
  reply.header('access-control-allow-origin', origin);
  // Beacons are sent with credentials, whatever the page wants.
  reply.header('access-control-allow-credentials', 'true');
  reply.header('access-control-expose-headers', 'Retry-After, X-RateLimit-Reset');
}

/** Answers a preflight: any header may be sent, and the answer holds for a day. */
export async function answerPreflight(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const asked = request.headers['access-control-request-headers'];
  reply
    .code(204)
    .header('access-control-allow-methods', 'GET, POST, OPTIONS')
    .header('access-control-allow-headers', asked ?? 'Authorization, Content-Type, Content-Encoding')
    .header('access-control-max-age', PREFLIGHT_SECONDS);
}
