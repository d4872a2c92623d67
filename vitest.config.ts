import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { sourceAliases } from './scripts/entries.mjs'

/** `laws`, `fuzz` and `soak` run their own files without a time limit; see scripts/long-run.mjs. */
const longRun = process.env.LONG_RUN

const files: Record<string, string> = {
  quick: 'test/**/*.test.{ts,tsx}',
  laws: 'test/**/*laws*.test.ts',
  fuzz: 'test/**/*.fuzz.ts',
  soak: 'test/**/*.soak.ts',
  browser: 'test/**/*.browser.ts',
}

export default defineConfig({
  // Tests use `await using`, which Node 20 does not parse.
  oxc: { target: 'es2022' },
  resolve: { alias: sourceAliases },
  test: {
    include: [files[longRun ?? 'quick']!],
    environment: 'node',
    // Many tests wait for sockets and timers: more workers than cores.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
    // Browsers are heavy, and what they take is measured.
    fileParallelism: longRun !== 'browser',
    testTimeout: longRun === undefined ? 20_000 : 0,
    hookTimeout: 20_000,
    // Tests over real sockets, processes and Redis depend on the machine; generated cases have seeds and fail again.
    retry: process.env.CI === undefined ? 0 : 1,
    reporters: ['default', './scripts/plain-summary.ts'],
  },
})
