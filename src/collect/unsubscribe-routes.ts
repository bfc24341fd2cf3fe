/**
 * The door for people who want no more: a link in each message, which the mail program may also use by itself (RFC 8058). Looking at it ends nothing, since
 * scanners of mail look at every link; only a POST does.
 */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Unsubscribe } from '../core/consent/unsubscribe-token.js';
import type { PageState } from './unsubscribe-page.js';
import { unsubscribePage } from './unsubscribe-page.js';

/** What the door leans on. */
export interface UnsubscribeParts {
  /** What a token says; undefined when it is none of ours. */
  readonly read: (token: string) => Unsubscribe | undefined;
  /** Resolves when it is durable. Once more changes nothing. */
  readonly unsubscribe: (unsubscribe: Unsubscribe) => Promise<void>;
}

/** A form with one field; whatever else it says is not read. */
const BODY_BYTES_MAX = 16 * 1024;
const NO_MORE_THAN_TEXT =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/** Adds the routes. */
export async function unsubscribeRoutes(
  app: FastifyInstance,
  { read, unsubscribe }: UnsubscribeParts,
): Promise<void> {
  // Mail programs send forms of either kind, browsers too, and some nothing.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => done(null, undefined));
  app.addHook('onRequest', async (request) => {
    request.headers['content-type'] = 'application/x-www-form-urlencoded';
  });
  app.get<{ Params: { token: string } }>('/u/:token', async ({ params }, reply) => {
    const said = read(params.token);
    return said === undefined ? send(reply, 'unknown') : send(reply, 'asks', said);
  });
  app.post<{ Params: { token: string } }>(
    '/u/:token',
    { bodyLimit: BODY_BYTES_MAX },
    async ({ params }, reply) => {
      const said = read(params.token);
      if (said === undefined) return send(reply, 'unknown');
      await unsubscribe(said);
      return send(reply, 'done', said);
    },
  );
}

function send(reply: FastifyReply, state: PageState, said?: Unsubscribe): FastifyReply {
  return reply
    .code(state === 'unknown' ? 404 : 200)
    .headers({
      'cache-control': 'no-store',
      'content-security-policy': NO_MORE_THAN_TEXT,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
    .type('text/html; charset=utf-8')
    .send(unsubscribePage(state, said));
}
