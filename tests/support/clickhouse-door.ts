/*
 * No ClickHouse server comes with npm, so a small HTTP door in front of the embedded engine plays one: it takes settings, parameters and bodies as a
 * server does, and the engine behind it is the real one.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Session } from 'chdb';

/** The door, open. */
export interface ClickHouseDoor {
  /** Its address, with a user where one is given (`name:password@`). */
  address(user?: string): string;
  /** What was asked for, in order. */
  readonly asked: readonly URL[];
  /** The engine itself. */
  readonly session: Session;
  close(): Promise<void>;
}

/** Opens it, on an engine of its own unless there is one in this process. @param path the folder of that one. */
export async function openClickHouseDoor(path?: string): Promise<ClickHouseDoor> {
  const dir = await mkdtemp(join(tmpdir(), 'ch-server-'));
  const session = new Session(path ?? join(dir, 'ch'));
  const asked: URL[] = [];
  // The engine takes one statement at a time.
  let last: Promise<unknown> = Promise.resolve();
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://door');
    asked.push(url);
    const body = await bodyOf(request);
    const answering = last.then(() => run(session, dir, url, body));
    last = answering.catch(() => {});
    try {
      response.end(await answering);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      response.writeHead(statusOf(message)).end(message);
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    address: (user = '') => `http://${user}127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    session,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      session.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}

const TRANSPORT = new Set([
  ...['query', 'query_id', 'session_id', 'role', 'database', 'default_format'],
  ...['wait_end_of_query', 'enable_http_compression'],
]);

async function run(session: Session, dir: string, url: URL, body: Buffer): Promise<Buffer> {
  const settings: string[] = [];
  const params: Record<string, string> = {};
  for (const [name, value] of url.searchParams) {
    if (name.startsWith('param_')) params[name.slice('param_'.length)] = value.replace(/\\(.)/g, '$1');
    else if (!TRANSPORT.has(name)) settings.push(`${name} = '${value.replaceAll("'", "\\'")}'`);
  }
  const query = url.searchParams.get('query');
  const insert = /^(INSERT INTO .*) FORMAT (Native|JSONEachRow)$/.exec(query ?? '');
  if (insert?.[1] !== undefined) {
    const clause = settings.length === 0 ? '' : `SETTINGS ${settings.join(', ')}`;
    if (insert[2] === 'Native') {
      const file = join(dir, 'body.native');
      await writeFile(file, body);
      await session.queryAsync(`${insert[1]} FROM INFILE '${file}' ${clause} FORMAT Native`);
    } else await session.queryAsync(`${insert[1]} ${clause} FORMAT JSONEachRow\n${body.toString()}`);
    return Buffer.alloc(0);
  }
  const format = url.searchParams.get('default_format') ?? 'TSV';
  const set = settings.length === 0 ? '' : `SET ${settings.join(', ')}; `;
  const result = await session.queryBindAsync(`${set}${body.toString()}`, params, { format });
  return Buffer.from(result.bytes());
}

/** The statuses that a server has for some of its codes. */
const STATUSES: ReadonlyArray<readonly [number, readonly number[]]> = [
  [400, [6, 25, 26, 27, 33, 38, 41, 53, 62, 70, 72, 117, 376, 467]],
  [404, [60, 81]],
];

function statusOf(message: string): number {
  const code = Number(/Code: (\d+)/.exec(message)?.[1]);
  return STATUSES.find(([, codes]) => codes.includes(code))?.[0] ?? 500;
}
