import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import fastify from 'fastify';
import { PERSONAL } from '../core/access/mask.js';
import type { ErrorCode } from '../core/errors.js';
import { ERRORS, TributaryError } from '../core/errors.js';
import type { Tell } from '../telemetry/telemetry.js';
import { isStoreAway } from './is-store-away.js';

/** Seconds after which a client should try again what failed for now. */
const RETRY_AFTER_SECONDS = 5;
/** How long the rest of a refused body may still come in. */
const REFUSED_BODY_MS_MAX = 2_000;

/** How the framework's own refusals are called here. */
const FRAMEWORK_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'media_type_unsupported',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'body_invalid',
  FST_ERR_CTP_INVALID_JSON_BODY: 'body_invalid',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'body_invalid',
  FST_ERR_VALIDATION: 'request_invalid',
};

/** The HTTP server, still without routes: every error leaves it as problem details (RFC 9457). */
export function createApp(tell: Tell, trustProxy: readonly string[]): FastifyInstance {
  const app = fastify({
    logger: false,
    trustProxy: trustProxy.length > 0 ? [...trustProxy] : false,
    // The clients' words are kept as they are; schemas of the admin API say what is taken.
    ajv: {
      customOptions: {
        removeAdditional: false,
        coerceTypes: 'array',
        allErrors: false,
        keywords: [PERSONAL],
      },
    },
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 2_000 },
    keepAliveTimeout: 72_000,
    // What is being answered is answered; who takes too long is cut off by the server's `stop`.
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    // Addresses that cannot be decoded reach no route, and so not the handlers below.
    frameworkErrors: (error, _request, reply) => sendProblem(reply, asKnown(error)),
  });
  app.setErrorHandler((error, request, reply) => {
    const known = asKnown(error);
    tell({ name: 'request_refused', code: known.code });
    if (known.status >= 500) {
      tell({ name: 'request_failed', method: request.method, path: request.routeOptions.url ?? '', error });
    }
    return sendProblem(reply, known);
  });
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      reply,
      new TributaryError('not_found', `There is no ${request.method} ${request.url.split('?')[0]}.`),
    ),
  );
  return app;
}

/** Sends an error as problem details, with `Retry-After` when the same request may succeed later. */
function sendProblem(reply: FastifyReply, error: TributaryError): FastifyReply {
  if (error.retry) {
    reply.header('retry-after', RETRY_AFTER_SECONDS).header('x-ratelimit-reset', RETRY_AFTER_SECONDS);
  }
  if (error.code === 'token_invalid') reply.header('www-authenticate', 'Bearer');
  if (error.code === 'body_too_large') letPass(reply);
  const { status, title } = ERRORS[error.code];
  const problem = {
    type: `urn:tributary:error:${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
  };
  return reply.code(status).type('application/problem+json').send(JSON.stringify(problem));
}

/**
 * Throws away what still comes of a refused body. The framework would close the connection at once, but a client that is
 * still sending then sees a broken connection in place of the answer, and tries again.
 */
function letPass(reply: FastifyReply): void {
  const { raw } = reply.request;
  reply.removeHeader('connection');
  raw.resume();
  const cutOff = () => {
    if (!raw.complete) raw.destroy();
  };
  setTimeout(cutOff, REFUSED_BODY_MS_MAX).unref();
}

function asKnown(error: unknown): TributaryError {
  if (error instanceof TributaryError) return error;
  const { code = '', message = '', statusCode = 500 } = error as Partial<FastifyError>;
  const known = FRAMEWORK_CODES[code];
  if (known) return new TributaryError(known, `${message}.`.replace(/\.\.$/, '.'), { cause: error });
  if (statusCode >= 400 && statusCode < 500)
    return new TributaryError('request_invalid', message, { cause: error });
  if (isStoreAway(error))
    return new TributaryError('engine_unavailable', 'A store cannot be reached now. Try again later.', {
      cause: error,
    });
  return new TributaryError('internal', 'Something failed in the server; its log says what.', {
    cause: error,
  });
}
