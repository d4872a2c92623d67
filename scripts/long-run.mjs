// The long runs: `npm run laws -- --count 100000 --seed 7`, and the same for `fuzz` and `soak`.
// The tests read them as LAWS_CASES and LAWS_SEED (FUZZ_…, SOAK_…); a name narrows the files.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const [kind = '', ...args] = process.argv.slice(2)
const defaults = { laws: 100_000, fuzz: 100_000, soak: 1_000 }
if (!Object.hasOwn(defaults, kind)) {
  console.error('usage: long-run.mjs laws|fuzz|soak [--count N] [--seed N] [file name part]')
  process.exit(2)
}

const { values, positionals } = parseArgs({
  args,
  options: { count: { type: 'string' }, seed: { type: 'string' } },
  allowPositionals: true,
})
const prefix = kind.toUpperCase()
const count =
  values.count ?? process.env[`${prefix}_CASES`] ?? String(defaults[/** @type {keyof typeof defaults} */ (kind)])
const seed = values.seed ?? process.env[`${prefix}_SEED`] ?? String(Date.now() % 2 ** 31)
if (!/^\d+$/.test(count) || !/^-?\d+$/.test(seed)) {
  console.error(`--count and --seed must be whole numbers, not ${count} and ${seed}`)
  process.exit(2)
}

console.log(`${kind}: ${count} cases, seed ${seed}`)
const runner = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url))
const started = performance.now()
const { status } = spawnSync(process.execPath, [runner, 'run', ...positionals], {
  stdio: 'inherit',
  env: { ...process.env, LONG_RUN: kind, [`${prefix}_CASES`]: count, [`${prefix}_SEED`]: seed },
})
const seconds = ((performance.now() - started) / 1000).toFixed(1)
console.log(`${kind}: ${status === 0 ? 'held' : 'FAILED'} for ${count} cases, seed ${seed}, ${seconds} s`)
process.exitCode = status ?? 1
