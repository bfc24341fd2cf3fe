import { defineConfig } from 'vitest/config';

/** One process per test file, since the engines hold native state; two at once, since many files start real servers. */
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts', 'benches/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default', './tests/closing-line-reporter.ts'],
  },
});
