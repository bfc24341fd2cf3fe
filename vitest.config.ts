import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Data of servers under test lie in memory where there is room: to make and remove so many files keeps a disk busy for a third of the time. */
const MEMORY = '/dev/shm';
const MEMORY_BYTES_MIN = 6e9;

function placeForData(): string {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= MEMORY_BYTES_MIN ? MEMORY : tmpdir();
  } catch {
    return tmpdir(); // not Linux
  }
}

/**
 * Three processes on two cores, since those of many files wait for servers. Their files share modules: loading them anew for each took a tenth of the time. So a file puts
 * back what it changes of the process.
 */
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts', 'benches/**/*.test.ts'],
    env: { TMPDIR: placeForData() },
    pool: 'forks',
    isolate: false,
    maxWorkers: 3,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default', './tests/closing-line-reporter.ts'],
  },
});
