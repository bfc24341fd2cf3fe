import { TributaryError } from '../core/errors.js';
import { ServerRefusal, ServerUnreachable } from './client.js';

/** A mistake in how a command was called. `message` says what to give instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Wraps what a command does: an expected failure becomes one sentence and exit code 1. Anything else is a bug of ours,
 * and crashes with its stack.
 */
export function action<A extends unknown[]>(
  work: (...args: A) => Promise<void>,
): (...args: A) => Promise<void> {
  return async (...args) => {
    try {
      await work(...args);
    } catch (error) {
      if (!isExpected(error)) throw error;
      process.stderr.write(`error: ${error.message}\n`);
      process.exitCode = 1;
    }
  };
}

function isExpected(error: unknown): error is Error {
  return [TributaryError, ServerRefusal, ServerUnreachable, UsageError].some((kind) => error instanceof kind);
}
