// Runs the tests that depend on Zod against each version in compat/zod, on Zod and Zod Mini alike:
// npm run test:zod-versions -- [--only zod-4.3] [--count 1000] [--seed 1]
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const root = join(import.meta.dirname, '..')
const project = join(root, 'compat/zod')
const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    count: { type: 'string', default: '400' },
    seed: { type: 'string', default: '1' },
  },
})
const SUITES = ['test/partial', 'test/schema/zod', 'test/schema/libraries', 'test/schemas']

/** @type {(command: string, args: string[], options: import('node:child_process').SpawnSyncOptions) => boolean} */
const run = (command, args, options) => spawnSync(command, args, { stdio: 'inherit', ...options }).status === 0
if (!existsSync(join(project, 'node_modules')) && !run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: project })) {
  process.exit(1)
}

const { dependencies } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'))
const versions = Object.keys(dependencies).filter((name) => values.only?.includes(name) ?? true)
const failed = versions.filter((version) => {
  console.log(`\n${version} (${dependencies[version].replace('npm:zod@', '')})`)
  const env = { ...process.env, ZOD: version, LAWS_CASES: values.count, LAWS_SEED: values.seed }
  return !run('npx', ['vitest', 'run', '-c', 'vitest.zod.config.ts', '--reporter=dot', ...SUITES], { cwd: root, env })
})
console.log(`\n${versions.length - failed.length} of ${versions.length} versions of Zod pass.`)
if (failed.length > 0) {
  console.log(`Failed: ${failed.join(', ')}. Run one again with --only ${failed[0]}.`)
  process.exitCode = 1
}
