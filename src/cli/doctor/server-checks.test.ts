import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { readConfig } from '../../config.js';
import { checkPort, serverChecks } from './server-checks.js';

let server: Server | undefined;
afterEach(() => new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined))));

async function listen(listener: RequestListener): Promise<number> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

test('a free port is fine, one of another program is not', async () => {
  const port = await listen((_, response) => response.end('hello'));
  expect(await checkPort('127.0.0.1', port)).toMatchObject({
    status: 'fail',
    fix: expect.stringContaining('TRIBUTARY_PORT'),
  });
  await new Promise((resolve) => server?.close(resolve));
  server = undefined;
  expect((await checkPort('127.0.0.1', port)).status).toBe('ok');
});

test('Tributary on the port is fine when it is ready, and told when it is not', async () => {
  let status = 200;
  const port = await listen((_, response) => response.writeHead(status).end('{"status":"x"}'));
  expect(await checkPort('127.0.0.1', port)).toMatchObject({
    status: 'ok',
    detail: expect.stringContaining('{"status":"x"}'),
  });
  status = 503;
  expect((await checkPort('127.0.0.1', port)).status).toBe('warn');
});

test('engines that cannot be reached fail with the variable to check', async () => {
  const config = readConfig({
    TRIBUTARY_PORT: '0',
    DATABASE_URL: 'postgres://u:p@127.0.0.1:1/d',
    CLICKHOUSE_URL: 'http://127.0.0.1:1',
  });
  const [, postgres, clickhouse] = await serverChecks(config);
  expect(postgres).toMatchObject({ status: 'fail', detail: expect.stringMatching(/DATABASE_URL: .+/) });
  expect(clickhouse).toMatchObject({ status: 'fail', detail: expect.stringMatching(/CLICKHOUSE_URL: .+/) });
});
