import { Type } from 'typebox';
import type { JsonObject } from '../core/json.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { OpenObject, Problem } from './schemas.js';

/** What a form can propose for a field whose `dynamic` is true: the tool is asked. */
export async function destinationChoiceRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  app.post(
    '/api/v1/destinations/:id/choices',
    {
      config: { access: { personal: 'none' }, audited: false },
      schema: {
        ...{
          tags: ['destinations'],
          summary: "Ask the tool what an action's field may hold, such as its lists",
        },
        params: Type.Object({ id: Type.String() }),
        body: Type.Object({
          action: Type.String({ maxLength: 200 }),
          field: Type.String({ maxLength: 200, description: 'One whose `dynamic` is true.' }),
          payload: Type.Optional(OpenObject),
        }),
        response: {
          200: Type.Object({
            data: Type.Array(Type.Object({ value: Type.String(), label: Type.String() })),
            failure: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
          }),
          404: Problem,
        },
      },
    },
    async ({ params, body }) => {
      const { id, kind } = await parts.activation.destinations.get(params.id);
      const settings = await parts.activation.destinations.settings(id);
      const { choices = [], failure } = await parts.activation.kinds.choices(
        { id, kind, settings },
        { action: body.action, field: body.field, payload: (body.payload ?? {}) as JsonObject },
      );
      return { data: [...choices], ...(failure === undefined ? {} : { failure }) };
    },
  );
}
