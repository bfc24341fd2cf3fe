/** Which page is at which address. Pages are loaded when they are visited; what a page shows (filters, tabs, ranges) is in its address too. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
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
const live = createRoute({
  getParentRoute: () => root,
  path: '/live',
  validateSearch: textsOf('source', 'type', 'verdict', 'text', 'form', 'open', 'message', 'of'),
  component: lazyRouteComponent(() => import('./pages/live/live-page'), 'LivePage'),
});

/** The router of all pages. */
export const router = createRouter({
  routeTree: root.addChildren([home, sources, source, live]),
  defaultPreload: 'intent',
  defaultErrorComponent: ({ error, reset }) => <Failed error={error} retry={reset} />,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
