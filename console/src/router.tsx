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

/** The router of all pages. */
export const router = createRouter({
  routeTree: root.addChildren([home, sources, source, people, person, accounts, account, identity]),
  defaultPreload: 'intent',
  defaultErrorComponent: ({ error, reset }) => <Failed error={error} retry={reset} />,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
