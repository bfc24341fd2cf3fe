import type { ServerResponse } from 'node:http';
import { Type } from 'typebox';
import type { AdminApp, AdminParts } from './admin-parts.js';

const HEARTBEAT_MS = 15_000;
/** Bytes that a slow reader may have waiting before batches are left out for it. */
const WAITING_BYTES_MAX = 1024 * 1024;

/** Events as they are committed, as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export async function streamRoutes(app: AdminApp, { live }: AdminParts): Promise<void> {
  const open = new Set<ServerResponse>();
  app.addHook('preClose', async () => {
    for (const raw of open) raw.end();
  });
  app.get(
    '/api/v1/events/stream',
    {
      schema: {
        tags: ['events'],
        summary: 'Live events',
        description:
          'Server-sent events: `event` for each event with its verdict, `skipped` with a count where there were too many to show.',
        response: {
          200: { description: 'The stream.', content: { 'text/event-stream': { schema: Type.String() } } },
        },
      },
    },
    (request, reply) => {
      reply.hijack();
      const { raw } = reply;
      raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      raw.write(': connected\n\n');
      let skipped = 0;
      open.add(raw);
      const leave = live.add((events, left) => {
        skipped += left;
        if (raw.writableLength > WAITING_BYTES_MAX) {
          skipped += events.length;
          return;
        }
        for (const event of events)
          raw.write(`id: ${event.offset}\nevent: event\ndata: ${JSON.stringify(event)}\n\n`);
        if (skipped > 0) raw.write(`event: skipped\ndata: ${JSON.stringify({ events: skipped })}\n\n`);
        skipped = 0;
      });
      const heartbeat = setInterval(() => raw.write(': still here\n\n'), HEARTBEAT_MS);
      request.raw.on('close', () => {
        clearInterval(heartbeat);
        open.delete(raw);
        leave();
      });
    },
  );
}
