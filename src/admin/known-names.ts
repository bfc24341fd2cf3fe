import { Type } from 'typebox';
import type { AdminApp, AdminParts } from './admin-parts.js';

const Paths = Type.Array(Type.String());
const Answer = Type.Object({
  events: Type.Array(
    Type.Object({
      type: Type.String({ examples: ['track'] }),
      name: Type.String(),
      events: Type.Integer(),
      properties: Type.Array(Type.String(), {
        description: 'Paths below `properties` that the newest of them had.',
      }),
    }),
    { description: 'Those of which there are most, most first.' },
  ),
  traits: Type.Array(Type.String(), { description: 'Paths of traits, those of most people first.' }),
  computedTraits: Paths,
  accountTraits: Paths,
  purposes: Type.Array(Type.String(), { description: 'Of consent.' }),
});

/** What definitions may speak of. */
export async function knownNameRoutes(app: AdminApp, { names, segmentation }: AdminParts): Promise<void> {
  app.get(
    '/api/v1/schema',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags: ['query'], summary: 'Read which events, properties and traits were seen' },
        description: 'Names alone, for suggestions; at most some seconds old.',
        response: { 200: Answer },
      },
    },
    async () => {
      const [{ events, traits, accountTraits, purposes }, { computed }] = await Promise.all([
        names.read(Date.now()),
        segmentation.vocabulary(),
      ]);
      return {
        events: events.map((one) => ({ ...one, properties: [...one.properties] })),
        traits: [...traits],
        computedTraits: [...computed.keys()],
        accountTraits: [...accountTraits],
        purposes: [...purposes],
      };
    },
  );
}
