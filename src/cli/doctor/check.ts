/** What doctor found in one place. */
export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  /** What to do about it; missing when there is nothing to do. */
  readonly fix?: string;
}

/** All is well. */
export function ok(name: string, detail: string): Check {
  return { name, status: 'ok', detail };
}

/** It works, but not for long or not for all. */
export function warn(name: string, detail: string, fix: string): Check {
  return { name, status: 'warn', detail, fix };
}

/** Tributary cannot run like this. */
export function fail(name: string, detail: string, fix: string): Check {
  return { name, status: 'fail', detail, fix };
}
