/**
 * The door in: the Segment HTTP API, as its clients speak it.
 * Source: https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ERRORS, TributaryError } from '../core/errors.js';
import type { Call } from '../core/event/wire.js';
import { isObject } from '../core/json.js';
import type { CollectParts, Receipt } from './accept.js';
import { accept } from './accept.js';
import { clientSettings } from './client-settings.js';
import { allowOrigin, answerPreflight } from './cors.js';
import { PIXEL, pixelBody } from './pixel.js';
import { decompress, parseBody } from './read-body.js';

/** Paths below `/v1`. The browser client uses the first letters, so `p` is page, not the pixel. */
const CALLS: Readonly<Record<string, Call>> = {
  ...{ identify: 'identify', track: 'track', page: 'page', screen: 'screen', group: 'group', alias: 'alias' },
  ...{ i: 'identify', t: 'track', p: 'page', s: 'screen', g: 'group', a: 'alias' },
  ...{ merge: 'merge', batch: 'batch', b: 'batch', import: 'import' },
};

/** Adds the routes. The caller's error handler prints a TributaryError. */
export async function collectRoutes(app: FastifyInstance, parts: CollectParts): Promise<void> {
  // Whatever the content type says, a body is JSON: browsers send text/plain to avoid a preflight.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', async (request, reply) => {
    // Not even a malformed one may come between a client and its events.
    request.headers['content-type'] = 'application/json';
    allowOrigin(request, reply, parts.corsOrigins);
  });
  app.options('/v1/*', answerPreflight);

  for (const [path, call] of Object.entries(CALLS)) {
    app.post(`/v1/${path}`, { bodyLimit: parts.requestBytesMax }, (request, reply) =>
      takeIn(request, reply, call, parts),
    );
  }
  app.post('/v1/m', async (request) => {
    const beacon = parseBody((await bodyOf(request, parts)).toString());
    const series = isObject(beacon) && Array.isArray(beacon.series) ? beacon.series.length : 0;
    parts.tell({ name: 'client_metrics_received', series });
    return { success: true };
  });
  app.get<{ Params: { type: string } }>('/v1/pixel/:type', (request, reply) =>
    takePixel(request, reply, parts),
  );
  app.get<{ Params: { writeKey: string } }>('/v1/projects/:writeKey/settings', (request) =>
    clientSettings(request, parts),
  );
}

async function takeIn(
  request: FastifyRequest,
  reply: FastifyReply,
  call: Call,
  parts: CollectParts,
): Promise<unknown> {
  const { authorization, origin, 'user-agent': userAgent = '' } = request.headers;
  const body = await bodyOf(request, parts);
  const direct = origin !== undefined;
  const receipt = await accept({ call, body, authorization, ip: request.ip, userAgent, direct }, parts);
  return answer(reply, receipt);
}

/** 200 when there is anything to keep; a request of nothing but bad events must not look like a success. */
function answer(reply: FastifyReply, { receipt, accepted, rejected }: Receipt): unknown {
  if (accepted > 0 || rejected.length === 0) return { success: true, receipt, accepted, rejected };
  const { status, title } = ERRORS.nothing_accepted;
  const [first] = rejected;
  reply.code(status).type('application/problem+json');
  const code = rejected.length === 1 && first ? first.code : 'nothing_accepted';
  return {
    ...{ success: false, type: `urn:tributary:error:${code}`, title, status, detail: first?.message, code },
    ...{ receipt, accepted, rejected },
  };
}

async function takePixel(
  request: FastifyRequest<{ Params: { type: string } }>,
  reply: FastifyReply,
  parts: CollectParts,
): Promise<Buffer> {
  const { type } = request.params;
  const call = Object.hasOwn(CALLS, type) ? CALLS[type] : undefined;
  if (call === undefined || call === 'batch' || call === 'import') {
    throw new TributaryError('not_found', `There is no pixel for ${type}.`);
  }
  const { authorization, 'user-agent': userAgent = '' } = request.headers;
  const body = pixelBody(request.query as Record<string, unknown>);
  const receipt = await accept({ call, body, authorization, ip: request.ip, userAgent, direct: true }, parts);
  // An image cannot carry a body of words: the receipt goes along in headers.
  if (receipt.accepted === 0) reply.code(ERRORS.nothing_accepted.status);
  reply.header('x-tributary-receipt', receipt.receipt).header('cache-control', 'no-store').type('image/gif');
  return PIXEL;
}

async function bodyOf(request: FastifyRequest, { requestBytesMax }: CollectParts): Promise<Buffer> {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  return decompress(body, request.headers['content-encoding'], requestBytesMax);
}
