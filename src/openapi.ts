import type { AdminParts } from './admin/admin-parts.js';
import { adminRoutes } from './admin/routes.js';
import { createApp } from './http/app.js';

/**
 * The OpenAPI 3.1 document of the admin API, made of the routes' schemas without a server. It is what `GET /api/v1/openapi.json` answers.
 * @param version of the API, as the document tells it
 */
export async function openApiDocument(version: string): Promise<unknown> {
  const app = createApp(() => {}, []);
  // Routes are only declared: nothing is asked of their parts.
  await app.register(adminRoutes, { version } as AdminParts);
  const document: unknown = (await app.inject('/api/v1/openapi.json')).json();
  await app.close();
  return document;
}
