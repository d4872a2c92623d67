import { fork } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { bundleWorkers } from './bundle-workers.ts'
import { drawChart } from './chart.ts'
import { measure, Worker, type Effort, type Job } from './measure.ts'
import { PROVIDER_URL } from './peers/provider.ts'
import type { Subject } from './peers/subject.ts'
import type { Figure } from './probes/figure.ts'
import { report } from './report.ts'
import { circumstances, type Results } from './results.ts'
import { tableOf } from './tables.ts'
import { SIZES, WORKLOADS } from './workloads.ts'

/**
 * `npm run bench [-- --quick] [--only <text>]`
 *
 * Bundles the workers as the package itself is bundled, measures every job whose name holds `--only`, prints the
 * report, and writes it unless the run was a quick or a partial one.
 */
const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
})

const ROOT = fileURLToPath(new URL('..', import.meta.url))

const FULL: Effort = { rounds: 7, budgetMs: 60, warmMs: 250, limitMs: 20_000 }
const QUICK: Effort = { rounds: 3, budgetMs: 20, warmMs: 150, limitMs: 3_000 }
/** ai's `Output.object` needs most of a minute for 100 KB, and its figure is wanted. */
const HANDLE_LIMIT_MS = 90_000
/** 1,000 streams over real sockets take two minutes, the provider's part included. */
const PROBE_LIMIT_MS = 600_000
const effort = options.quick ? QUICK : FULL

/** What is measured, table by table. */
async function jobs(): Promise<Job[]> {
  const list: Job[] = []
  const all = async (table: string): Promise<string[]> => (await tableOf(table)).subjects.map(({ id }) => id)
  const parsers = await all('parse')
  for (const workload of options.quick ? WORKLOADS.slice(0, 1) : WORKLOADS) {
    const sizes =
      workload.id === 'records' && !options.quick
        ? Object.values(SIZES)
        : [SIZES['10 KB'], SIZES['100 KB'], SIZES['1 MB']]
    for (const size of sizes) list.push({ table: 'parse', workload: workload.id, size, subjects: parsers })
  }
  const handles = await all('handle')
  for (const size of options.quick ? [10_000, 100_000] : [10_000, 50_000, 100_000, 1_000_000]) {
    const subjects = handles.filter((id) => !id.startsWith('ai') || size <= (options.quick ? 10_000 : 100_000))
    list.push({ table: 'handle', workload: 'records', size, subjects })
  }
  const sdks = await all('sdk')
  for (const size of options.quick ? [100_000] : [10_000, 100_000]) {
    const subjects = sdks.filter((id) => id !== 'openai-helper' || !options.quick)
    list.push({ table: 'sdk', workload: 'records', size, subjects })
  }
  return list
}

const PROBES: [id: string, argument: number][] = [
  ['open-parsers', 1_000],
  ['open-streams', 1_000],
  ['peak-heap', 1_000_000],
  ['standing-still', 1_000_000],
  ['concurrency', options.quick ? 2 : 5],
  ['sdk-concurrency', options.quick ? 100 : 1_000],
]

async function subjects(): Promise<Map<string, Subject>> {
  const tables = await Promise.all(['parse', 'handle', 'sdk'].map(tableOf))
  return new Map(tables.flatMap((table) => table.subjects.map((subject) => [subject.id, subject])))
}

async function main(): Promise<void> {
  const bundles = await bundleWorkers('structstream-bench')
  const provider = fork(bundles.provider)
  try {
    const url = await new Promise<string>((resolve) => provider.once('message', resolve))
    const start = (): Worker => new Worker(bundles.worker, { [PROVIDER_URL]: url })
    const results: Results = { ...circumstances('npm run bench'), cells: [], figures: [] }
    for (const job of await jobs()) {
      const name = `${job.table} ${job.workload} ${job.size}`
      if (!name.includes(options.only)) continue
      process.stderr.write(`${name} …\n`)
      results.cells.push(
        ...(await measure(job, job.table === 'handle' ? { ...effort, limitMs: HANDLE_LIMIT_MS } : effort, start)),
      )
    }
    for (const [probe, argument] of PROBES) {
      if (!probe.includes(options.only)) continue
      process.stderr.write(`${probe} …\n`)
      using worker = start()
      results.figures.push(...(await worker.ask<Figure[]>({ type: 'probe', probe, argument }, PROBE_LIMIT_MS)))
    }
    const markdown = report(results, await subjects())
    process.stdout.write(markdown)
    if (options.quick || options.only !== '') return
    const files = {
      'results.json': `${JSON.stringify(results, null, 1)}\n`,
      'RESULTS.md': markdown,
      'chart.svg': drawChart(results),
    }
    for (const [name, content] of Object.entries(files)) writeFileSync(join(ROOT, 'bench', name), content)
  } finally {
    provider.kill()
  }
}

main().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
