/** A shop's website for tests: one page, on an origin of its own, that loads the browser client from npm. */
import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

const UMD = new URL('../../node_modules/@segment/analytics-next/dist/umd/', import.meta.url);
const METHODS = [
  'track',
  'page',
  'identify',
  'group',
  'alias',
  'reset',
  'ready',
  'on',
  'setAnonymousId',
  'user',
];

/** Serves a page of another origin. */
export interface PageServer {
  readonly origin: string;
  close(): Promise<void>;
}

/** What `analytics.load` of the documented snippet is given. */
export interface LoadOptions {
  readonly writeKey: string;
  /** Where the client asks for its settings. */
  readonly cdnURL: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Share of calls that the client reports to /v1/m. */
  readonly metricsSampleRate?: number;
}

/** Serves `/` with the load options in its query, and the client's own files beside it. */
export async function startPageServer(): Promise<PageServer> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://page');
    const file = /^\/umd\/([\w.-]+\.js)$/.exec(url.pathname)?.[1];
    if (file !== undefined) {
      readFile(fileURLToPath(new URL(file, UMD))).then(
        (script) => response.writeHead(200, { 'content-type': 'text/javascript' }).end(script),
        () => response.writeHead(404).end(),
      );
    } else if (url.pathname === '/' || url.pathname === '/checkout') {
      response.writeHead(200, { 'content-type': 'text/html' }).end(page(url));
    } else {
      response.writeHead(url.pathname === '/favicon.ico' ? 204 : 404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  // Another name and another port than the server's: a different origin, and a different site.
  return { origin: `http://localhost:${port}`, close: () => closed(server) };
}

/** The documented snippet, but for the address that the script is loaded from. */
function page(url: URL): string {
  const load = JSON.parse(url.searchParams.get('load') ?? '{}') as LoadOptions;
  const rate = load.metricsSampleRate ?? 0;
  return `<!doctype html><html><head><title>Shop</title><script>
    var analytics = (window.analytics = []);
    analytics.invoked = true;
    for (const name of ${JSON.stringify(METHODS)}) {
      analytics[name] = (...args) => { analytics.push([name, ...args]); return analytics; };
    }
    analytics._writeKey = ${JSON.stringify(load.writeKey)};
    analytics._cdn = ${JSON.stringify(load.cdnURL)};
    analytics._loadOptions = {
      ...${JSON.stringify(load.options)},
      updateCDNSettings: (settings) => ({
        ...settings,
        metrics: { ...settings.metrics, sampleRate: ${rate}, flushTimer: 100 },
      }),
    };
  </script><script async src="/umd/standalone.js"></script></head><body><h1>Shop</h1></body></html>`;
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
