import { Type } from 'typebox';
import { hide } from '../core/access/mask.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { eventStreams } from './event-stream.js';
import { maskSent } from './mask-sent.js';

/** The response of a route that streams. */
export const StreamResponse = {
  200: { description: 'The stream.', content: { 'text/event-stream': { schema: Type.String() } } },
};

/** Events as they are committed. */
export async function streamRoutes(app: AdminApp, { live }: AdminParts): Promise<void> {
  const send = eventStreams(app);
  app.get(
    '/api/v1/events/stream',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        tags: ['events'],
        summary: 'Live events',
        description:
          'Server-sent events: `event` for each event with its verdict, `skipped` with a count where there were too many to show.',
        response: StreamResponse,
      },
    },
    (request, reply) =>
      send(request, reply, live, {
        print: (event) => ({
          id: event.offset,
          event: 'event',
          data: request.actor?.personalData
            ? event
            : { ...event, message: hide(event.message), event: maskSent(event.event) },
        }),
        skipped: 'events',
      }),
  );
}
