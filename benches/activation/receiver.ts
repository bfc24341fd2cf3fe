import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HOST } from '../ingest/server.js';

/** An item that arrived: what its body's `sent` says, and when it came, by this process's clock. */
export interface Arrival {
  readonly sentAt: number;
  readonly at: number;
}

/** A tool on this machine: takes webhooks, one by one or many together, answers 200 and notes when they came. */
export class Receiver {
  readonly arrivals: Arrival[] = [];
  #requests = 0;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Receiver> {
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        receiver.#take(Buffer.concat(parts).toString());
        response.end();
      });
    });
    const receiver = new Receiver(server);
    await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
    return receiver;
  }

  get url(): string {
    // Invariant: it listens on TCP.
    return `http://${HOST}:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  get requests(): number {
    return this.#requests;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #take(body: string): void {
    const at = Date.now();
    this.#requests += 1;
    const given = JSON.parse(body) as { sent: number } | Array<{ data: { sent: number } }>;
    for (const { sent } of Array.isArray(given) ? given.map(({ data }) => data) : [given])
      this.arrivals.push({ sentAt: sent, at });
  }
}
