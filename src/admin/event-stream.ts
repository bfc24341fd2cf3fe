import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AdminApp } from './admin-parts.js';
import type { LiveFeed } from './live-feed.js';

const HEARTBEAT_MS = 15_000;
/** Bytes that a slow reader may have waiting before batches are left out for it. */
const WAITING_BYTES_MAX = 1024 * 1024;

/** Answers with what a feed brings, as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export type SendStream = <Item>(
  request: FastifyRequest,
  reply: FastifyReply,
  feed: LiveFeed<Item>,
  stream: {
    /** What an item is sent as; undefined for one that is not wanted. */
    readonly print: (
      item: Item,
    ) => { readonly id?: number; readonly event: string; readonly data: unknown } | undefined;
    /** What is counted where there was too much to send. */
    readonly skipped: string;
  },
) => void;

/** Makes the sender of an app, which ends its streams when it closes. */
export function eventStreams(app: AdminApp): SendStream {
  const open = new Set<FastifyReply['raw']>();
  app.addHook('preClose', async () => {
    for (const raw of open) raw.end();
  });
  return (request, reply, feed, { print, skipped: name }) => {
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
    const leave = feed.add((items, left) => {
      const wanted = items.map(print).filter((item) => item !== undefined);
      skipped += left;
      if (raw.writableLength > WAITING_BYTES_MAX) {
        skipped += wanted.length;
        return;
      }
      for (const { id, event, data } of wanted)
        raw.write(
          `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`,
        );
      if (skipped > 0) raw.write(`event: skipped\ndata: ${JSON.stringify({ [name]: skipped })}\n\n`);
      skipped = 0;
    });
    const heartbeat = setInterval(() => raw.write(': still here\n\n'), HEARTBEAT_MS);
    request.raw.on('close', () => {
      clearInterval(heartbeat);
      open.delete(raw);
      leave();
    });
  };
}
