import { createServer } from 'node:net';
import type { Config } from '../../config.js';
import type { JsonValue } from '../../core/json.js';
import { isObject } from '../../core/json.js';
import { openClickHouse } from '../../engines/clickhouse.js';
import { openPostgres } from '../../engines/postgres.js';
import type { Check } from './check.js';
import { fail, ok, warn } from './check.js';

const REACH_MS_MAX = 5_000;

/** Checks what is reached over the network: our own port, and the engines when they are servers. */
export async function serverChecks(config: Config): Promise<Check[]> {
  const checks = [checkPort(config.host, config.port)];
  if (config.databaseUrl !== undefined) checks.push(checkPostgres(config.databaseUrl));
  if (config.clickhouseUrl !== undefined) checks.push(checkClickhouse(config.clickhouseUrl, config));
  return Promise.all(checks);
}

/** The port must be free, unless it is Tributary that answers there. */
export async function checkPort(host: string, port: number): Promise<Check> {
  if (port === 0) return ok('port', 'any free one');
  const trouble = await tryToListen(host, port);
  if (trouble === undefined) return ok('port', `${host}:${port} is free`);
  if (trouble === 'EADDRINUSE') return askReadiness(host, port);
  return fail('port', `${host}:${port} cannot be listened on (${trouble})`, fixOf(trouble));
}

const OTHER_PORT = 'Set TRIBUTARY_PORT to another port';

function fixOf(trouble: string): string {
  if (trouble === 'EACCES') return `${OTHER_PORT}, from 1024 on.`;
  return 'Set TRIBUTARY_HOST to an address of this machine.';
}

/** Returns the error's code, or undefined when the port could be had. It is given back at once. */
function tryToListen(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port }, () => server.close(() => resolve(undefined)));
  });
}

async function askReadiness(host: string, port: number): Promise<Check> {
  const open =
    host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
  const url = `http://${open}:${port}/health/ready`;
  const other = `${host}:${port} is taken by another program`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(REACH_MS_MAX) });
    const body = (await response.json()) as JsonValue;
    if (!isObject(body) || (response.status !== 200 && response.status !== 503))
      return fail('port', other, `${OTHER_PORT}.`);
    const detail = `Tributary answers on ${host}:${port}: ${JSON.stringify(body)}`;
    return response.ok
      ? ok('port', detail)
      : warn('port', detail, 'Wait until it is ready, or look at its log.');
  } catch {
    return fail('port', other, `${OTHER_PORT}.`);
  }
}

async function checkPostgres(url: string): Promise<Check> {
  const name = 'postgres server';
  try {
    const client = await openPostgres(url, { name: 'tributary-doctor' });
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    await client.end();
    return ok(name, `PostgreSQL ${rows[0]?.server_version ?? ''}`);
  } catch (error) {
    return fail(name, `DATABASE_URL: ${reason(error)}`, 'Check address, user and password in DATABASE_URL.');
  }
}

async function checkClickhouse(url: string, config: Config): Promise<Check> {
  const name = 'clickhouse server';
  const { clickhouseMemoryBytesMax: memoryBytesMax, clickhouseThreadsMax: threadsMax } = config;
  try {
    const client = await openClickHouse({ url, memoryBytesMax, threadsMax, role: 'reader' });
    const rows = await client.query<{ version: string }>('SELECT version() AS version');
    await client.close();
    return ok(name, `ClickHouse ${rows[0]?.version ?? ''}`);
  } catch (error) {
    return fail(
      name,
      `CLICKHOUSE_URL: ${reason(error)}`,
      'Check address, user and password in CLICKHOUSE_URL.',
    );
  }
}

/** Drivers leave the message empty where several addresses were tried; then the code tells more. */
function reason(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return message || code || 'cannot be reached';
}
