/** Something to look at on the pages of what leaves: a tool on loopback that takes most, destinations, connections, and what stands around them. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RunningServer } from '../harness/running-server.js';

/** Settings of a server that may send to this machine. */
export const SENDS_TO_LOOPBACK = { TRIBUTARY_DESTINATION_NETWORKS: '127.0.0.1' };

/** Somebody who may look, and not at personal data. */
export const VIEWER = { email: 'vera@shop.example', name: 'Vera Viewer', password: 'slow boats on water' };

/** A tool that refuses what a test tells it to. */
export async function openTool(refuses: (body: string) => boolean) {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => {
      body += part.toString();
    });
    request.on('end', () => {
      bodies.push(body);
      const isRefused = refuses(body);
      response.writeHead(isRefused ? 422 : 200, { 'content-type': 'application/json' });
      response.end(isRefused ? '{"error":"total is not a price"}' : '{"ok":true}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    bodies,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

interface Made {
  readonly id: string;
}

/** Sets the scene, before events come in. */
export async function setActivationScene(server: RunningServer, url: string): Promise<void> {
  const warehouse = await server.admin<Made>('/destinations', {
    ...{ name: 'Order warehouse', kind: 'webhook', settings: { url } },
    consentNotRequired: 'Orders are part of the contract with the customer.',
  });
  const partner = await server.admin<Made>('/destinations', {
    ...{ name: 'Ad partner', kind: 'webhook', settings: { url }, purposes: ['advertising'] },
  });
  const orders = {
    from: { sources: [] },
    events: '"Order Completed"',
    action: 'send',
    mapping: {
      body: { order: { '@path': '$.properties.order_id' }, total: { '@path': '$.properties.total' } },
    },
    options: {},
  };
  await server.admin('/connections', { name: 'Orders', destinationId: warehouse.id, definition: orders });
  const everything = {
    from: { sources: [] },
    action: 'send',
    mapping: { body: { '@path': '$.' } },
    options: {},
  };
  await server.admin('/connections', { name: 'Views', destinationId: partner.id, definition: everything });
  await server.admin('/segments', { id: 'buyers', name: 'Buyers', text: 'did "Order Completed"' });
  const told = { from: { segment: 'buyers', when: 'entered' }, action: 'send', mapping: {}, options: {} };
  await server.admin('/connections', {
    ...{ name: 'New buyers', destinationId: warehouse.id },
    definition: { ...told, mapping: { body: { '@path': '$.' } } },
  });
  const pools = [
    { id: 'summer', name: 'Summer', pattern: 'SUMMER-########', lowStock: 100 },
    { id: 'welcome', name: 'Welcome', lowStock: 10 },
  ];
  for (const pool of pools) await server.admin('/pools', pool);
  await server.admin('/pools/welcome/codes', { codes: ['WELCOME-1', 'WELCOME-2', 'WELCOME-3'] });
  for (const [email, reason] of [
    ['ann@shop.example', 'unsubscribed'],
    ['bob@shop.example', 'hard_bounce'],
    ['eve@shop.example', 'complaint'],
  ])
    await server.admin('/suppressions', { kind: 'email', value: email, channel: 'email', reason });
  const asMuch = { measure: 'backlog', above: 100_000, url };
  await server.admin('/alert-rules', { ...asMuch, name: 'Too much waits' });
  await server.admin('/alert-rules', { ...asMuch, name: 'The warehouse is slow', destination: warehouse.id });
  await server.admin('/users', { ...VIEWER, role: 'viewer', personalData: false });
  await server.admin('/tokens', { name: 'nightly export', role: 'viewer' });
}
