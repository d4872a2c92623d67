import { availableParallelism } from 'node:os'
import { configDefaults, defineConfig } from 'vitest/config'
import { sourceAliases } from './scripts/entries.mjs'

/** `laws`, `fuzz` and `soak` run their own files without a time limit; see scripts/long-run.mjs. */
const longRun = process.env.LONG_RUN

const QUICK = '**/*.test.{ts,tsx}'

/** Folders whose tests share a process, because a new one, with every module read again, costs more than most of them. */
const SHARING = [
  'async',
  'cli',
  'diagnostics',
  'hosts',
  'json',
  'many',
  'models',
  'otel',
  'partial',
  'playground',
  'record',
  'schema',
  'schemas',
  'store',
  'stream',
  'testing',
  'web',
]

/** What replaces globals, or counts what the process holds, has a process to itself. */
const ALONE = [
  'json/repair/heap',
  'json/growth',
  'models/registry',
  'models/transport/sdk-version',
  'store/chaos',
  'stream/endings',
  'stream/growth',
  'stream/laziness',
  'stream/observers',
  'stream/outcomes',
  'web/client/requests',
  'web/client/hostile-server',
  'web/client/state/agreement.laws',
  'web/server/options',
].map((file) => `test/${file}.test.ts`)

const shared = SHARING.map((folder) => `test/${folder}/${QUICK}`)

const files: Record<string, string> = {
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
    ...(longRun === undefined
      ? {
          projects: [
            {
              extends: true,
              test: {
                name: 'alone',
                include: ['test/*.test.ts', `test/!(${SHARING.join('|')})/${QUICK}`, ...ALONE],
                sequence: { groupOrder: 0 },
              },
            },
            {
              extends: true,
              test: {
                name: 'shared',
                include: shared,
                exclude: [...configDefaults.exclude, ...ALONE],
                isolate: false,
                sequence: { groupOrder: 1 },
              },
            },
          ],
        }
      : { include: [files[longRun]!] }),
    environment: 'node',
    // Many tests wait for sockets and timers: more workers than cores.
    maxWorkers: 2 * availableParallelism(),
    // Browsers are heavy, and what they take is measured.
    fileParallelism: longRun !== 'browser',
    testTimeout: longRun === undefined ? 20_000 : 0,
    hookTimeout: 20_000,
    // Tests over real sockets, processes and Redis depend on the machine; generated cases have seeds and fail again.
    retry: process.env.CI === undefined ? 0 : 1,
    reporters: ['default', './scripts/plain-summary.ts'],
  },
})
