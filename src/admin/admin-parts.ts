import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { Pool } from 'pg';
import type { EventQueries } from '../stores/events/event-queries.js';
import type { AdminTokens } from '../stores/state/admin-tokens.js';
import type { Sources } from '../stores/state/sources.js';
import type { LiveFeed } from './live-feed.js';

/** What the admin API leans on. */
export interface AdminParts {
  readonly pool: Pool;
  readonly sources: Sources;
  readonly events: EventQueries;
  readonly tokens: AdminTokens;
  readonly live: LiveFeed;
  readonly version: string;
}

/** A Fastify instance whose routes are typed by their schemas. */
export type AdminApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;
