import { digits, duration, table } from './markdown.ts'
import type { Kind, Subject } from './peers/subject.ts'
import { cellOf, cpuOf, growth, versionOf, type Results } from './results.ts'
import { verdicts } from './targets.ts'
import { SIZES, WORKLOADS } from './workloads.ts'

/** The figure that the others are held against. */
const REFERENCE = 'snapshot'

const KINDS: Record<Kind, string> = {
  immutable: 'immutable, shared',
  mutable: 'one mutable object',
  anew: 'parsed anew',
  none: 'none',
}

/** The whole run as Markdown. @param subjects by id */
export function report(results: Results, subjects: ReadonlyMap<string, Subject>): string {
  const sections = [
    head(results),
    targets(results),
    partials(results, subjects),
    exponents(results, subjects),
    whole(results),
    handles(results, subjects),
    sdks(results, subjects),
    figures(results),
  ]
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`
}

function head({ machine, node, v8, commit, date, command }: Results): string {
  return `# Benchmark results

Written by \`${command}\` on ${date}, commit ${commit}. ${machine}, Node ${node} (V8 ${v8}).

CPU time of the whole process (garbage collection and compiler threads included), never wall time. Each subject runs
in a separate process per text; the processes take turns round by round, and a figure is the median of the rounds.
V8's young generation has its full default size (16 MB) from the start, and no feedback on where objects are allocated.
Texts come in deltas of 4 characters. Every final value was compared with \`JSON.parse\`'s. Figures of different runs or
machines are not comparable; ratios inside this run are.`
}

function targets(results: Results): string {
  const rows = verdicts(results).map(({ what, target, measured, isMet }) => [
    what,
    target,
    measured,
    isMet === undefined ? 'not measured' : isMet ? 'met' : '**missed**',
  ])
  return `## Targets\n\n${table(['', 'target', 'measured', ''], rows)}`
}

/** What has cells in a table, in the order in which the subjects are listed. */
function present(results: Results, id: string): string[] {
  return [...new Set(results.cells.filter((cell) => cell.table === id).map(({ subject }) => subject))]
}

function nameOf(subjects: ReadonlyMap<string, Subject>, id: string): string {
  const subject = subjects.get(id)
  if (subject === undefined) return id
  return subject.package === undefined ? subject.title : `${subject.title} ${versionOf(subject.package)}`
}

function partials(results: Results, subjects: ReadonlyMap<string, Subject>): string {
  const ids = present(results, 'parse').filter((id) => id !== 'json-parse' && id !== 'whole')
  const tables = Object.entries(SIZES).map(([label, size]) => {
    const workloads = WORKLOADS.filter(({ id }) =>
      ids.some((subject) => cpuOf(results, { table: 'parse', workload: id, size, subject })),
    )
    if (workloads.length === 0) return ''
    const rows = ids.map((subject) => [
      nameOf(subjects, subject),
      KINDS[subjects.get(subject)?.kind ?? 'none'],
      ...workloads.map(({ id: workload }) => perDelta(results, { workload, size, subject })),
    ])
    return `### ${label}\n\n${table(['per delta', 'partial value', ...workloads.map(({ id }) => id)], rows)}`
  })
  if (tables.every((one) => one === '')) return ''
  return `## From deltas to values

CPU per delta, with a look at the value after each, and in brackets how many times ours with a snapshot per delta that
is. \`~\`: parsed after every n-th delta only, and the cost of all prefixes reckoned from these; the whole would have
taken minutes. Workloads: ${WORKLOADS.map(({ id, title }) => (id === title ? id : `${id} (${title})`)).join(', ')}.

${tables.filter((one) => one !== '').join('\n\n')}`
}

function perDelta(results: Results, at: { workload: string; size: number; subject: string }): string {
  const cell = cellOf(results.cells, { table: 'parse', ...at })
  if (cell?.cpu === undefined) return cell?.note ?? '–'
  const own = cpuOf(results, { table: 'parse', ...at, subject: REFERENCE })
  const ratio =
    own === undefined || at.subject === REFERENCE ? '' : ` (${digits(cell.cpu.nsPerDelta / own.nsPerDelta)})`
  return `${cell.cpu.stride > 1 ? '~' : ''}${duration(cell.cpu.nsPerDelta)}${ratio}`
}

function exponents(results: Results, subjects: ReadonlyMap<string, Subject>): string {
  const workloads = WORKLOADS.filter(({ id }) =>
    cpuOf(results, { table: 'parse', workload: id, size: SIZES['1 MB'], subject: REFERENCE }),
  )
  if (workloads.length === 0) return ''
  const rows = present(results, 'parse').map((subject) => [
    nameOf(subjects, subject),
    ...workloads.map(({ id: workload }) => {
      const at = { table: 'parse', workload, subject }
      const steps = [
        growth(results, at, SIZES['10 KB'], SIZES['100 KB']),
        growth(results, at, SIZES['100 KB'], SIZES['1 MB']),
      ]
      return steps.map((k) => k?.toFixed(2) ?? '–').join(' · ')
    }),
  ])
  return `## Growth

k in CPU ∝ length^k, from 10 KB to 100 KB · from 100 KB to 1 MB. 1 is linear, 2 is parsing everything anew.

${table(['', ...workloads.map(({ id }) => id)], rows)}`
}

function whole(results: Results): string {
  const rows = WORKLOADS.flatMap(({ id: workload }) => {
    const cells = (['10 KB', '100 KB', '1 MB'] as const).map((label) => {
      const at = { table: 'parse', workload, size: SIZES[label] }
      const floor = cpuOf(results, { ...at, subject: 'json-parse' })
      const ours = cpuOf(results, { ...at, subject: 'whole' })
      if (floor === undefined || ours === undefined) return '–'
      return `${duration(ours.ms * 1e6)} / ${duration(floor.ms * 1e6)} = ${(ours.ms / floor.ms).toFixed(2)}`
    })
    return cells.every((cell) => cell === '–') ? [] : [[workload, ...cells]]
  })
  if (rows.length === 0) return ''
  return `## Whole texts at once

Our parser / \`JSON.parse\`, the text in one piece.

${table(['', '10 KB', '100 KB', '1 MB'], rows)}`
}

function handles(results: Results, subjects: ReadonlyMap<string, Subject>): string {
  const body = bySize(results, subjects, 'handle', (ns, total) => `${duration(total)}, ${duration(ns)}`)
  return body === ''
    ? ''
    : `## From a model to a consumer

A mock model that costs next to nothing, records, CPU in all and per delta.

${body}`
}

function sdks(results: Results, subjects: ReadonlyMap<string, Subject>): string {
  const body = bySize(results, subjects, 'sdk', (ns, total, ratio) => `${duration(total)}, ${duration(ns)}${ratio}`)
  return body === ''
    ? ''
    : `## Over the real SDKs on loopback

The provider is a separate process and does not count; records, CPU of the client in all and per delta, and in brackets
how many times the SDK alone that is. The provider writes as fast as the client reads, and many deltas arrive in one read;
consumers of partials are then woken once for all of them. For deltas that arrive one by one, see the streams at once.

${body}`
}

function bySize(
  results: Results,
  subjects: ReadonlyMap<string, Subject>,
  id: string,
  show: (ns: number, totalNs: number, ratio: string) => string,
): string {
  const sizes = [...new Set(results.cells.filter((cell) => cell.table === id).map(({ size }) => size))]
  if (sizes.length === 0) return ''
  const rows = present(results, id).map((subject) => [
    nameOf(subjects, subject),
    ...sizes.map((size) => {
      const at = { table: id, workload: 'records', size }
      const cell = cellOf(results.cells, { ...at, subject })
      if (cell?.cpu === undefined) return cell?.note ?? '–'
      const alone = cpuOf(results, { ...at, subject: subject.replace(/-.*/, '-alone') })
      const ratio = alone === undefined || alone === cell.cpu ? '' : ` (${(cell.cpu.ms / alone.ms).toFixed(2)})`
      return show(cell.cpu.nsPerDelta, cell.cpu.ms * 1e6, ratio)
    }),
  ])
  return table(['', ...sizes.map((size) => (size < 1e6 ? `${size / 1_000} KB` : `${size / 1e6} MB`))], rows)
}

function figures(results: Results): string {
  if (results.figures.length === 0) return ''
  const rows = results.figures.map(({ title, value, unit }) => [title, `${digits(value)} ${unit}`.trim()])
  return `## Memory and many streams\n\n${table(['', ''], rows)}`
}
