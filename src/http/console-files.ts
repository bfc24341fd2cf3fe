import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import sirv from 'sirv';
import { packageFile } from '../package-file.js';

/** Where the build leaves the console: beside the compiled server. */
const FOLDER = fileURLToPath(packageFile('dist/console'));
const YEAR_SECONDS = 31_536_000;

/**
 * What the pages may do (https://www.w3.org/TR/CSP3/): speak to this server alone, run its scripts alone. Styles are set by the components themselves, so those may be inline.
 */
const POLICY = [
  ...["default-src 'none'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data:"],
  ...[
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
  ],
  "frame-ancestors 'none'",
].join('; ');
const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

/** Serves the console at `/`. Its pages have addresses of their own, all of which are answered with the one document. */
export async function consoleFiles(app: FastifyInstance): Promise<void> {
  if (!existsSync(FOLDER)) return;
  const serve = sirv(FOLDER, {
    brotli: true,
    single: true,
    etag: true,
    setHeaders(response, path) {
      for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
      // Files of the build are named after what they hold.
      const isNamedByContent = path.startsWith('/assets/');
      response.setHeader(
        'cache-control',
        isNamedByContent ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache',
      );
    },
  });
  app.get('/*', { schema: { hide: true } as object }, (request, reply) => {
    const [path = ''] = request.url.split('?');
    if (/^\/(api|v1|health|metrics)(\/|$)/.test(path)) {
      reply.callNotFound();
      return;
    }
    reply.hijack();
    serve(request.raw, reply.raw, () => {
      reply.raw.writeHead(404).end();
    });
  });
}
