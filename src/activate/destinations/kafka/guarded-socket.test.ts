import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { selfSignedCertificate } from '../../../../tests/support/self-signed-certificate.js';
import { guardedSockets } from './guarded-socket.js';

const { cert, key } = selfSignedCertificate('kafka.example.com');
let server: Server;
beforeAll(async () => {
  server = createServer({ cert, key }, (socket) => socket.on('error', () => {}));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterAll(() => new Promise((done) => server.close(done)));

function opened(host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const open = guardedSockets(async () => '127.0.0.1', reject);
    const { port } = server.address() as AddressInfo;
    const socket = open({
      host,
      port,
      ssl: { ca: cert },
      onConnect: () => resolve(`${socket.remoteAddress}`),
    });
    socket.on('error', reject);
    socket.on('secureConnect', () => socket.destroy());
  });
}

test('connects to the address that the name may have, and wants the certificate of the name', async () => {
  expect(await opened('kafka.example.com')).toBe('127.0.0.1');
  await expect(opened('other.example.com')).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  await expect(opened('127.0.0.1')).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
});
