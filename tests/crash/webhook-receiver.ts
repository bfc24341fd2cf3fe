/** A tool on loopback that takes most of what it is sent, and remembers all of it. It lives through the server's crashes. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Random } from '../../src/core/demo/random.js';

/** What came under one key. */
interface Received {
  readonly bodies: Set<string>;
  /** Requests that were answered with success. */
  taken: number;
}

/** See the head of the file. */
export class WebhookReceiver {
  readonly received = new Map<string, Received>();
  readonly #random: Random;
  readonly #server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += String(part);
    const key = String(request.headers['webhook-id']);
    const known = this.received.get(key) ?? { bodies: new Set<string>(), taken: 0 };
    known.bodies.add(body);
    this.received.set(key, known);
    // Some are refused for now, some are taken and the answer is lost.
    if (this.#random.chance(0.02)) response.writeHead(503).end();
    else if (this.#random.chance(0.01)) {
      known.taken += 1;
      request.socket.destroy();
    } else {
      known.taken += 1;
      response.end('{}');
    }
  });

  constructor(random: Random) {
    this.#random = random;
  }

  /** Resolves with its address. */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
