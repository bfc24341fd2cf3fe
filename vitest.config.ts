import { defineConfig } from 'vitest/config';

/**
 * Two processes, since many files start real servers. Their files share modules: loading them anew for each took a tenth of the time. So a file puts
 * back what it changes of the process.
 */
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts', 'benches/**/*.test.ts'],
    pool: 'forks',
    isolate: false,
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default', './tests/closing-line-reporter.ts'],
  },
});
