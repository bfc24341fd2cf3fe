/** Which page is at which address. Pages are loaded when they are visited; what a page shows (filters, tabs, ranges) is in its address too. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { SIGN_IN_FAILED } from '../../src/core/access/sign-in-failure';
import type { SuppressionSearch } from './pages/consent/suppression-words';
import { readFilter } from './pages/deliveries/delivery-filter';
import type { CatalogueSearch } from './pages/destinations/catalogue-search';
import { DESTINATION_TABS, type DestinationSearch, SPANS } from './pages/destinations/destination-tabs';
import { readInsights } from './pages/insights/asks';
import { SETTINGS_TABS, type SettingsSearch } from './pages/settings/settings-tabs';
import { NotFound } from './shell/not-found';
import { Shell } from './shell/shell';
import { textsOf } from './texts-of';
import { Failed } from './ui/failed';

const root = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  validateSearch: textsOf(SIGN_IN_FAILED),
});

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: textsOf('span'),
  component: lazyRouteComponent(() => import('./pages/home/home-page'), 'HomePage'),
});
const sources = createRoute({
  getParentRoute: () => root,
  path: '/sources',
  component: lazyRouteComponent(() => import('./pages/sources/sources-page'), 'SourcesPage'),
});
const source = createRoute({
  getParentRoute: () => root,
  path: '/sources/$sourceId',
  validateSearch: textsOf('span', 'tab'),
  component: lazyRouteComponent(() => import('./pages/sources/source-page'), 'SourcePage'),
});
const live = createRoute({
  getParentRoute: () => root,
  path: '/live',
  validateSearch: textsOf('source', 'type', 'verdict', 'text', 'form', 'open', 'message', 'of'),
  component: lazyRouteComponent(() => import('./pages/live/live-page'), 'LivePage'),
});
const quality = createRoute({
  getParentRoute: () => root,
  path: '/quality',
  validateSearch: textsOf('tab', 'span', 'measure', 'source', 'code', 'receipt', 'message', 'open'),
  component: lazyRouteComponent(() => import('./pages/quality/quality-page'), 'QualityPage'),
});
const imports = createRoute({
  getParentRoute: () => root,
  path: '/imports',
  component: lazyRouteComponent(() => import('./pages/imports/imports-page'), 'ImportsPage'),
});
const newImport = createRoute({
  getParentRoute: () => root,
  path: '/imports/new',
  component: lazyRouteComponent(() => import('./pages/imports/new-import-page'), 'NewImportPage'),
});
const oneImport = createRoute({
  getParentRoute: () => root,
  path: '/imports/$importId',
  component: lazyRouteComponent(() => import('./pages/imports/import-page'), 'ImportPage'),
});

const people = createRoute({
  getParentRoute: () => root,
  path: '/people',
  validateSearch: textsOf('q', 'trait'),
  component: lazyRouteComponent(() => import('./pages/people/people-page'), 'PeoplePage'),
});
const person = createRoute({
  getParentRoute: () => root,
  path: '/people/$ref',
  validateSearch: textsOf('tab', 'event', 'since', 'from', 'to'),
  component: lazyRouteComponent(() => import('./pages/people/profile-page'), 'ProfilePage'),
});
const accounts = createRoute({
  getParentRoute: () => root,
  path: '/accounts',
  validateSearch: textsOf('q'),
  component: lazyRouteComponent(() => import('./pages/accounts/accounts-page'), 'AccountsPage'),
});
const account = createRoute({
  getParentRoute: () => root,
  path: '/accounts/$accountId',
  validateSearch: textsOf('tab', 'event'),
  component: lazyRouteComponent(() => import('./pages/accounts/account-page'), 'AccountPage'),
});
const identity = createRoute({
  getParentRoute: () => root,
  path: '/identity',
  validateSearch: textsOf('tab', 'form'),
  component: lazyRouteComponent(() => import('./pages/identity/identity-page'), 'IdentityPage'),
});
const destinations = createRoute({
  getParentRoute: () => root,
  path: '/destinations',
  component: lazyRouteComponent(() => import('./pages/destinations/destinations-page'), 'DestinationsPage'),
});
const catalogue = createRoute({
  getParentRoute: () => root,
  path: '/destinations/catalogue',
  validateSearch: (search): CatalogueSearch => ({
    q: textIn(search, 'q'),
    category: textIn(search, 'category'),
  }),
  component: lazyRouteComponent(() => import('./pages/destinations/catalogue-page'), 'CataloguePage'),
});
const newDestination = createRoute({
  getParentRoute: () => root,
  path: '/destinations/new/$kind',
  component: lazyRouteComponent(
    () => import('./pages/destinations/new-destination-page'),
    'NewDestinationPage',
  ),
});
const destination = createRoute({
  getParentRoute: () => root,
  path: '/destinations/$destinationId',
  validateSearch: (search): DestinationSearch => ({
    tab: oneIn(search, 'tab', DESTINATION_TABS),
    span: oneIn(search, 'span', SPANS),
  }),
  component: lazyRouteComponent(() => import('./pages/destinations/destination-page'), 'DestinationPage'),
});
const newConnection = createRoute({
  getParentRoute: () => root,
  path: '/destinations/$destinationId/connect',
  component: lazyRouteComponent(() => import('./pages/connections/new-connection-page'), 'NewConnectionPage'),
});
const connection = createRoute({
  getParentRoute: () => root,
  path: '/connections/$connectionId',
  component: lazyRouteComponent(() => import('./pages/connections/connection-page'), 'ConnectionPage'),
});
const deliveries = createRoute({
  getParentRoute: () => root,
  path: '/deliveries',
  validateSearch: readFilter,
  component: lazyRouteComponent(() => import('./pages/deliveries/deliveries-page'), 'DeliveriesPage'),
});
const delivery = createRoute({
  getParentRoute: () => root,
  path: '/deliveries/$key',
  component: lazyRouteComponent(() => import('./pages/deliveries/delivery-page'), 'DeliveryPage'),
});
const alerts = createRoute({
  getParentRoute: () => root,
  path: '/alerts',
  validateSearch: textsOf('rule'),
  component: lazyRouteComponent(() => import('./pages/alerts/alerts-page'), 'AlertsPage'),
});
const suppressions = createRoute({
  getParentRoute: () => root,
  path: '/suppressions',
  validateSearch: (search): SuppressionSearch => ({
    value: textIn(search, 'value'),
    kind: textIn(search, 'kind'),
    channel: textIn(search, 'channel'),
    reason: textIn(search, 'reason'),
  }),
  component: lazyRouteComponent(() => import('./pages/consent/suppressions-page'), 'SuppressionsPage'),
});
const consent = createRoute({
  getParentRoute: () => root,
  path: '/consent',
  component: lazyRouteComponent(() => import('./pages/consent/consent-rules-page'), 'ConsentRulesPage'),
});
const coupons = createRoute({
  getParentRoute: () => root,
  path: '/coupons',
  component: lazyRouteComponent(() => import('./pages/coupons/coupons-page'), 'CouponsPage'),
});
const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  validateSearch: (search): SettingsSearch => ({
    tab: oneIn(search, 'tab', SETTINGS_TABS),
    actor: textIn(search, 'actor'),
    action: textIn(search, 'action'),
    text: textIn(search, 'text'),
  }),
  component: lazyRouteComponent(() => import('./pages/settings/settings-page'), 'SettingsPage'),
});
const segments = createRoute({
  getParentRoute: () => root,
  path: '/segments',
  validateSearch: textsOf('q'),
  component: lazyRouteComponent(() => import('./pages/segments/segments-page'), 'SegmentsPage'),
});
const newSegment = createRoute({
  getParentRoute: () => root,
  path: '/segments/new',
  validateSearch: textsOf('text', 'name'),
  component: lazyRouteComponent(() => import('./pages/segments/new-segment-page'), 'NewSegmentPage'),
});
const segment = createRoute({
  getParentRoute: () => root,
  path: '/segments/$segmentId',
  validateSearch: textsOf('tab', 'person', 'with'),
  component: lazyRouteComponent(() => import('./pages/segments/segment-page'), 'SegmentPage'),
});
const editSegment = createRoute({
  getParentRoute: () => root,
  path: '/segments/$segmentId/edit',
  validateSearch: textsOf('text'),
  component: lazyRouteComponent(() => import('./pages/segments/edit-segment-page'), 'EditSegmentPage'),
});

const computedTraits = createRoute({
  getParentRoute: () => root,
  path: '/computed-traits',
  // The form has no path of its own: that is the name of a trait.
  validateSearch: textsOf('q', 'form', 'name', 'text'),
  component: lazyRouteComponent(
    () => import('./pages/computed-traits/computed-traits-page'),
    'ComputedTraitsPage',
  ),
});
const computedTrait = createRoute({
  getParentRoute: () => root,
  path: '/computed-traits/$name',
  component: lazyRouteComponent(
    () => import('./pages/computed-traits/computed-trait-page'),
    'ComputedTraitPage',
  ),
});
const editComputedTrait = createRoute({
  getParentRoute: () => root,
  path: '/computed-traits/$name/edit',
  component: lazyRouteComponent(
    () => import('./pages/computed-traits/edit-computed-trait-page'),
    'EditComputedTraitPage',
  ),
});
const insights = createRoute({
  getParentRoute: () => root,
  path: '/insights',
  validateSearch: readInsights,
  component: lazyRouteComponent(() => import('./pages/insights/insights-page'), 'InsightsPage'),
});
const query = createRoute({
  getParentRoute: () => root,
  path: '/query',
  validateSearch: textsOf('sql'),
  component: lazyRouteComponent(() => import('./pages/query/query-page'), 'QueryPage'),
});
const dashboards = createRoute({
  getParentRoute: () => root,
  path: '/dashboards',
  component: lazyRouteComponent(() => import('./pages/dashboards/dashboards-page'), 'DashboardsPage'),
});
const dashboard = createRoute({
  getParentRoute: () => root,
  path: '/dashboards/$dashboardId',
  component: lazyRouteComponent(() => import('./pages/dashboards/dashboard-page'), 'DashboardPage'),
});

/** The router of all pages. */
export const router = createRouter({
  routeTree: root.addChildren([
    ...[home, sources, source, live, quality, imports, newImport, oneImport],
    ...[people, person, accounts, account, identity],
    ...[destinations, catalogue, newDestination, destination, newConnection, connection],
    ...[deliveries, delivery, alerts, suppressions, consent, coupons],
    settings,
    ...[segments, newSegment, segment, editSegment, computedTraits, computedTrait, editComputedTrait],
    ...[insights, query, dashboards, dashboard],
  ]),
  defaultPreload: 'intent',
  defaultErrorComponent: ({ error, reset }) => <Failed error={error} retry={reset} />,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

function textIn(search: Record<string, unknown>, name: string): string | undefined {
  const value = search[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function oneIn<Word extends string>(
  search: Record<string, unknown>,
  name: string,
  words: readonly Word[],
): Word | undefined {
  return words.find((word) => word === search[name]);
}
