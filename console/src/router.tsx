/** Which page is at which address. Pages are loaded when they are visited; what a page shows (filters, tabs, ranges) is in its address too. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { readInsights } from './pages/insights/asks';
import { NotFound } from './shell/not-found';
import { Shell } from './shell/shell';
import { textsOf } from './texts-of';
import { Failed } from './ui/failed';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
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
  component: lazyRouteComponent(() => import('./pages/sources/source-page'), 'SourcePage'),
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

/** The router of all pages. */
export const router = createRouter({
  routeTree: root.addChildren([
    ...[home, sources, source],
    ...[segments, newSegment, segment, editSegment, insights, query],
  ]),
  defaultPreload: 'intent',
  defaultErrorComponent: ({ error, reset }) => <Failed error={error} retry={reset} />,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
