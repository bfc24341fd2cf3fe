import { STAMP } from './stamp.js';

let isBearing = false;

/**
 * From now on a fault that nobody waits for (a promise that was not awaited, an error in a timer) ends this thread only when it is ours: of what comes out of a
 * destination of people's own it is told. An endless loop cannot be borne so.
 */
export function bearFaults(tell: (error: unknown) => void): void {
  if (isBearing) return;
  isBearing = true;
  process.on('uncaughtException', (error: unknown) => {
    if (!isOfAuthor(error)) throw error;
    tell(error);
  });
}

/** By its stack; what is no error has none, and nothing of ours throws such. */
function isOfAuthor(error: unknown): boolean {
  return !(error instanceof Error) || error.stack?.includes(`${STAMP}=`) === true;
}
