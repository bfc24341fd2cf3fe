import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { Pool } from 'pg';
import type { ReturnPathMac } from '../core/email/return-path.js';
import type { LiveEvent } from '../core/event/live-event.js';
import type { PartitionChange } from '../core/identity/compare-partitions.js';
import type { IdentityRules } from '../core/identity/rules.js';
import type { JsonObject } from '../core/json.js';
import type { Recommender } from '../core/recommend/recommender.js';
import type { Catalogue } from '../stores/events/catalogue.js';
import type { ConsentHistory } from '../stores/events/consent-history.js';
import type { EventQueries } from '../stores/events/event-queries.js';
import type { InsightQueries } from '../stores/events/insight-queries.js';
import type { KnownNames } from '../stores/events/known-names.js';
import type { PeopleQueries } from '../stores/events/people-queries.js';
import type { QueryConsole } from '../stores/events/query-console.js';
import type { AdminTokens } from '../stores/state/admin-tokens.js';
import type { ApiTokens } from '../stores/state/api-tokens.js';
import type { AuditLog } from '../stores/state/audit-log.js';
import type { CouponPools } from '../stores/state/coupon-pools.js';
import type { Coupons } from '../stores/state/coupons.js';
import type { Imports } from '../stores/state/imports.js';
import type { RecommendationState } from '../stores/state/recommendation-state.js';
import type { Sessions } from '../stores/state/sessions.js';
import type { Sources } from '../stores/state/sources.js';
import type { Suppressions } from '../stores/state/suppressions.js';
import type { Users } from '../stores/state/users.js';
import type { ActivationParts } from './activation-parts.js';
import type { LiveFeed } from './live-feed.js';
import type { SignInParts } from './oidc/sign-in-parts.js';
import type { OverviewParts } from './overview.js';
import type { PreviewImport } from './preview-import.js';
import type { RulesInForce } from './rules-in-force.js';
import type { SegmentParts } from './segment-parts.js';
import type { Suppressing } from './suppressing.js';
import type { SystemParts } from './system.js';

/** The answer of a simulation. */
export interface Simulated extends PartitionChange {
  readonly events: number;
  readonly identifiers: number;
}

/** What the admin API leans on. */
export interface AdminParts {
  readonly pool: Pool;
  readonly sources: Sources;
  readonly events: EventQueries;
  readonly people: PeopleQueries;
  readonly insights: InsightQueries;
  readonly queries: QueryConsole;
  readonly names: KnownNames;
  readonly tokens: AdminTokens;
  readonly apiTokens: ApiTokens;
  readonly users: Users;
  readonly sessions: Sessions;
  readonly audit: AuditLog;
  readonly signIn: SignInParts;
  readonly live: LiveFeed<LiveEvent>;
  readonly version: string;
  readonly system: SystemParts;
  readonly overview: OverviewParts;
  readonly rulesInForce: () => Promise<RulesInForce>;
  /** What other rules would make of the stored history. */
  readonly simulate: (rules: IdentityRules, samples: number) => Promise<Simulated>;
  /** There is an operation for the consumer. */
  readonly operationAdded: () => void;
  readonly segmentation: SegmentParts;
  readonly activation: ActivationParts;
  /** Takes calls of Tributary's own into the log; resolves with the receipt when they are durable. */
  readonly appendOwn: (sourceId: string, calls: readonly JsonObject[]) => Promise<string>;
  readonly consentHistory: ConsentHistory;
  readonly suppressions: Suppressions;
  /** Puts people on them, and tells it on their timelines. */
  readonly suppressing: Suppressing;
  /** What addresses for bounces are signed with. */
  readonly returnPathMac: ReturnPathMac;
  readonly coupons: { readonly pools: CouponPools; readonly given: Coupons };
  readonly recommending: {
    readonly recommender: Recommender;
    readonly catalogue: Catalogue;
    readonly state: RecommendationState;
    /** Resolves when all orders that were processed before are counted. */
    readonly refresh: () => Promise<void>;
  };
  readonly imports: Imports;
  readonly importFiles: UploadedFiles;
  readonly previewImport: PreviewImport;
  /** There is a new import to work on. */
  readonly importAdded: () => void;
  /** Rows a second of an import that is being worked on here. */
  readonly importRate: (id: string) => number | undefined;
}

/** Where the files of imports are kept until they are read. */
export interface UploadedFiles {
  /** Names the place: an import remembers it. */
  readonly folder: string;
  /** Takes a file in, of which `bytesSaid` are announced; resolves with its bytes when all of it is durable. */
  save(id: string, content: Readable, bytesSaid: number): Promise<number>;
  remove(id: string): Promise<void>;
}

/** A Fastify instance whose routes are typed by their schemas. */
export type AdminApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;
