import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'web/src/**/*.test.ts'],
    pool: 'forks',
    // the quick run loads what tests share once in each process; the full one keeps the files apart
    isolate: process.env['ATELIER_TEST'] === 'full',
    maxWorkers: 2,
    maxConcurrency: 3,
    testTimeout: 30_000,
    globalSetup: ['test/support/temporary-folder.ts'],
    setupFiles: ['test/support/setup.ts'],
  },
})
