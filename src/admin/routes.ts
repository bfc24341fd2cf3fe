/** The admin API: everything that people and the console ask of Tributary, below `/api/v1`. */
import cookie from '@fastify/cookie';
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { TributaryError } from '../core/errors.js';
import { authenticate } from './access/authenticate.js';
import { keepAudit } from './access/keep-audit.js';
import { maskAnswers } from './access/mask-answers.js';
import { accountRoutes } from './accounts.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { alertRuleRoutes } from './alert-rules.js';
import { apiTokenRoutes } from './api-tokens.js';
import { auditRoutes } from './audit.js';
import { computedTraitRoutes } from './computed-traits.js';
import { connectionRoutes } from './connections.js';
import { consentRoutes } from './consent.js';
import { couponRoutes } from './coupons.js';
import { dashboardRoutes } from './dashboards.js';
import { COMPONENTS, withReferences } from './definition-schemas.js';
import { deliveryRoutes } from './deliveries.js';
import { deliveryStatsRoutes } from './delivery-stats.js';
import { destinationChoiceRoutes } from './destination-choices.js';
import { destinationKindRoutes } from './destination-kinds.js';
import { destinationRoutes } from './destinations.js';
import { dryRunRoutes } from './dry-run.js';
import { duplicateRoutes } from './duplicates.js';
import { eventTraceRoutes } from './event-trace.js';
import { eventRoutes } from './events.js';
import { holdsNul } from './holds-nul.js';
import { identityRoutes } from './identity.js';
import { importRoutes } from './imports.js';
import { insightRoutes } from './insights.js';
import { knownNameRoutes } from './known-names.js';
import { ledgerRoutes } from './ledger.js';
import { listRoutes } from './lists.js';
import { oidcSignInRoutes } from './oidc-sign-in.js';
import { overviewRoutes } from './overview.js';
import { peopleRoutes } from './people.js';
import { previewChangeRoutes } from './preview-change.js';
import { previewImportRoutes } from './preview-import.js';
import { profileIdentityRoutes } from './profile-identity.js';
import { profileSegmentRoutes } from './profile-segments.js';
import { profileRoutes } from './profiles.js';
import { qualityRoutes } from './quality.js';
import { queryRoutes } from './query.js';
import { recommendationRoutes } from './recommendations.js';
import { refusedLinkRoutes } from './refused-links.js';
import { rejectedRoutes } from './rejected.js';
import { Problem } from './schemas.js';
import { segmentAskingRoutes } from './segment-asking.js';
import { segmentMemberRoutes } from './segment-members.js';
import { segmentRoutes } from './segments.js';
import { sessionRoutes } from './session.js';
import { snapshotRoutes } from './snapshots.js';
import { sourceRoutes } from './sources.js';
import { streamRoutes } from './stream.js';
import { suppressionFeedbackRoutes } from './suppression-feedback.js';
import { suppressionRoutes } from './suppressions.js';
import { systemRoutes } from './system.js';
import { userRoutes } from './users.js';

const ROUTES: ReadonlyArray<(app: AdminApp, parts: AdminParts) => Promise<void>> = [
  sessionRoutes,
  oidcSignInRoutes,
  userRoutes,
  apiTokenRoutes,
  auditRoutes,
  sourceRoutes,
  peopleRoutes,
  profileRoutes,
  profileIdentityRoutes,
  previewChangeRoutes,
  refusedLinkRoutes,
  profileSegmentRoutes,
  identityRoutes,
  duplicateRoutes,
  accountRoutes,
  segmentRoutes,
  segmentMemberRoutes,
  segmentAskingRoutes,
  computedTraitRoutes,
  listRoutes,
  destinationChoiceRoutes,
  destinationKindRoutes,
  destinationRoutes,
  connectionRoutes,
  snapshotRoutes,
  dryRunRoutes,
  deliveryRoutes,
  deliveryStatsRoutes,
  alertRuleRoutes,
  eventTraceRoutes,
  consentRoutes,
  suppressionRoutes,
  suppressionFeedbackRoutes,
  couponRoutes,
  recommendationRoutes,
  qualityRoutes,
  eventRoutes,
  streamRoutes,
  rejectedRoutes,
  ledgerRoutes,
  importRoutes,
  insightRoutes,
  queryRoutes,
  dashboardRoutes,
  systemRoutes,
  knownNameRoutes,
  overviewRoutes,
  previewImportRoutes,
];

/** Adds all routes, and the OpenAPI document that is made of their schemas. */
export async function adminRoutes(instance: FastifyInstance, parts: AdminParts): Promise<void> {
  const app = instance as unknown as AdminApp;
  // What any route of this API may answer.
  app.addHook('onRoute', (route) => {
    route.schema = {
      ...route.schema,
      response: { 400: Problem, 401: Problem, 403: Problem, ...(route.schema?.response ?? {}) },
    };
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Tributary admin API',
        description:
          'Sources, profiles, identity, consent, accounts, segments, computed traits, coupons, recommendations, insights, queries, dashboards, data quality, events, imports and the ledger. Errors are problem details (RFC 9457).',
        version: parts.version,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
        schemas: COMPONENTS as Record<string, object>,
      },
      security: [{ token: [] }],
    },
  });
  await app.register(cookie);
  authenticate(app, () => parts);
  maskAnswers(app);
  // After validation, so that a body is no deeper than its schema.
  app.addHook('preHandler', async ({ params, query, body }) => {
    if (!holdsNul([params, query, body])) return;
    throw new TributaryError('request_invalid', 'Text must not hold NUL characters.');
  });
  keepAudit(app, () => parts.audit);
  for (const routes of ROUTES) await routes(app, parts);
  app.get(
    '/api/v1/openapi.json',
    { config: { access: { role: 'public', personal: 'none' } }, schema: { hide: true } as object },
    async () => withReferences(app.swagger()),
  );
}
