const CHARS_MAX = 1_000;
/** Stands for this server's address, whatever it is. */
const HERE = 'http://here.invalid';

/**
 * The page to come back to after signing in: a path of this server with its question, as a browser would read it. `/` in place of anything
 * else, such as another server's address in whatever writing, or the API.
 */
export function returnTo(given: string | undefined): string {
  if (given === undefined || given.length > CHARS_MAX || !URL.canParse(given, HERE)) return '/';
  const { origin, pathname, search } = new URL(given, HERE);
  const path = `${pathname}${search}`;
  // `/.//elsewhere` is of this server still, but what is left of it when its dot is taken out would not be.
  const isHere = given.startsWith('/') && origin === HERE && !pathname.startsWith('//');
  return isHere && path.length <= CHARS_MAX && !/^\/(api|v1)(\/|$)/.test(pathname) ? path : '/';
}
