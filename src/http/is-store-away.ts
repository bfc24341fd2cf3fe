/** Of the system: nobody listens, or the connection broke. */
const SYSTEM = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
]);
/** Of PostgreSQL (its manual, Appendix A): connection exceptions, too many connections, shutting down, crashed, starting. */
const POSTGRES = /^(08...|53300|57P0[123])$/;
/** Of its driver, which gives these no code. */
const DRIVER =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect)/;

/** Whether a store could not be reached, so that the same may succeed later. */
export function isStoreAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  if (typeof code !== 'string') return DRIVER.test(error.message);
  // A file that is missing has the same code as a socket that is.
  return POSTGRES.test(code) || (SYSTEM.has(code) && (code !== 'ENOENT' || syscall === 'connect'));
}
