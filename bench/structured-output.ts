/**
 * `structuredOutput` inside the AI SDK's own `streamText`, next to an output that only returns the bare parser's snapshots.
 * The AI SDK writes each partial as JSON, so the text alone would be no fair base.
 *
 *   npm run bench:structured-output -- [--rounds 15] [--size 50000] [--workload records]
 */
import { parseArgs } from 'node:util'
import { bundleWorkers } from './bundle-workers.ts'
import { duration, table } from './markdown.ts'
import { measure, median, Worker } from './measure.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    size: { type: 'string', default: '50000' },
    workload: { type: 'string', default: 'records' },
  },
})
const files = await bundleWorkers('structstream-bench-output')
const cells = await measure(
  { table: 'ai-outputs', workload: values.workload, size: Number(values.size), subjects: ['bare', 'ours'] },
  { rounds: Number(values.rounds), budgetMs: 500, warmMs: 2_000, limitMs: 120_000, slowMs: 1e9 },
  () => new Worker(files.worker),
)
for (const { note } of cells) if (note !== undefined) throw new Error(note)
const [bare, ours] = cells.map(({ cpu }) => cpu!)
// Neighbors in time: what slows the machine down slows both.
const ratios = ours!.rounds.map((ms, round) => ms / bare!.rounds[round]!)
console.log(
  table(
    [`${values.workload}, ${Number(values.size) / 1_000} KB`, 'CPU for each delta', 'CPU in all'],
    cells.map(({ subject, cpu }) => [subject, duration(cpu!.nsPerDelta), duration(cpu!.ms * 1e6)]),
  ),
)
console.log(
  `\nRatio of the medians ${(ours!.ms / bare!.ms).toFixed(2)}; median of the ratios of ${ratios.length} rounds ${median(ratios).toFixed(2)}.`,
)
