import { digits, table } from '../markdown.ts'
import { TARGETS, type Verdict } from './messages.ts'

export interface Result {
  name: string
  bytes: number
  /** Text: what happened instead of a verdict. */
  verdict: Verdict | string
}

export function report(
  results: readonly Result[],
  { node, commit, seed, seconds }: { node: string; commit: string; seed: number; seconds: number },
): string {
  const done = results.filter((result): result is Result & { verdict: Verdict } => typeof result.verdict !== 'string')
  const broken = results.filter(({ verdict }) => typeof verdict === 'string')
  const faults = done.flatMap(({ name, verdict }) => verdict.faults.map((fault) => ({ name, ...fault })))
  const sum = (of: (verdict: Verdict) => number): number => done.reduce((total, { verdict }) => total + of(verdict), 0)
  const number = (value: number): string => value.toLocaleString('en')
  const kinds = ['subset', 'encoding', 'round trip', 'lost', 'false alarm', 'missed', 'cursor'] as const
  const classes = ['lossless', 'warned', 'refused', 'crash'] as const
  const perTarget = TARGETS.map((target) => {
    const own = done.flatMap(({ verdict }) => verdict.outcomes.filter((outcome) => outcome.target === target))
    const times = own.map((outcome) => outcome.ms).toSorted((a, b) => a - b)
    const at = (share: number): string => digits(times[Math.floor((times.length - 1) * share)] ?? 0)
    const counts = classes.map((name) => number(own.filter((outcome) => outcome.class === name).length))
    return [target, ...counts, at(0.5), at(0.99), at(1)]
  })
  return `# Other people's schemas

${number(results.length)} JSON Schemas, as ${number(packagesOf(results))} npm packages of pinned versions carry them (\`bench/schemas/packages.ts\`): JSON files, the
components of OpenAPI and AsyncAPI descriptions, the options of ESLint's rules; what comes twice counts once. Each is compiled for every
target, in a process that is given up after 300 s, and tried with values.
Made by \`npm run bench:schemas\`, seed ${seed}, Node ${node}, commit ${commit}; ${digits(seconds)} s on two cores.

| | |
|---|--:|
| crashes | ${number(sum((verdict) => verdict.outcomes.filter((outcome) => outcome.class === 'crash').length) + broken.length)} |
| hangs | ${number(broken.filter(({ verdict }) => typeof verdict === 'string' && verdict.startsWith('hang')).length)} |
${kinds.map((kind) => `| ${WORDS[kind]} | ${number(faults.filter((fault) => fault.kind === kind).length)} |`).join('\n')}

Values: ${number(sum((verdict) => verdict.valid))} that fit their schema, ${number(sum((verdict) => verdict.invalid))} that do not, ${number(sum((verdict) => verdict.emitted))} of what is sent.

Where a key or an element may be absent or null, some providers are asked for null in both cases: absent keys come back as
null, which is not counted here, and so do the last elements of a tuple, which is.

## By target
${table(['target', 'lossless', 'with warnings', 'refused', 'crashed', 'ms, median', 'ms, 99 %', 'ms, most'], perTarget)}

*Refused*: with \`unsupported_schema\`, a path and a reason. Times are those of the compiler, without the validator.

## Why schemas are refused
${reasons(done)}

## Time and size
${growth(done)}

The largest and the slowest, for the target that took longest:

${extremes(done)}
${broken.length + faults.length === 0 ? '' : `\n## What must not be\n${faultList(broken, faults)}\n`}`
}

const WORDS = {
  subset: "emitted schemas outside their provider's subset",
  encoding: 'values that fit, whose encoding is not what was asked for',
  'round trip': 'values that came back as others',
  lost: 'values that were asked for, that do not fit, with no warning',
  'false alarm': 'reports while streaming of values that fit',
  missed: 'values that do not fit, without a report',
  cursor: 'schemas that could be compiled, but not followed',
}

function packagesOf(results: readonly Result[]): number {
  return new Set(
    results.map(({ name }) =>
      name.startsWith('rule ') ? `rule ${name.split('/').slice(0, -1).join('/')}` : name.split(':')[0],
    ),
  ).size
}

/** Refusals by their words, without names and numbers. */
function reasons(done: readonly { verdict: Verdict }[]): string {
  const counts = new Map<string, Map<string, number>>()
  for (const { verdict } of done) {
    for (const { target, class: kind, reason = '' } of verdict.outcomes) {
      if (kind !== 'refused') continue
      const words = reason
        .replace(/^the schema(?: at .*?)?: /, '')
        .replaceAll(/"(?:[^"\\]|\\.)*"/g, '"…"')
        .replaceAll(/[\d,]*\d/g, 'n')
        .slice(0, 110)
      const row = counts.get(words) ?? new Map<string, number>()
      row.set(target, (row.get(target) ?? 0) + 1)
      counts.set(words, row)
    }
  }
  const rows = [...counts].map(([words, row]) => [words, ...TARGETS.map((target) => String(row.get(target) ?? 0))])
  rows.sort((a, b) => total(b) - total(a))
  return table(['reason', ...TARGETS], rows)
}

function total(row: readonly string[]): number {
  return row.slice(1).reduce((sum, cell) => sum + Number(cell), 0)
}

/** The slope of log time over log size: 1 is linear. */
function growth(done: readonly { bytes: number; verdict: Verdict }[]): string {
  const rows: string[][] = []
  for (const target of TARGETS) {
    const points = done.flatMap(({ verdict }) => {
      const outcome = verdict.outcomes.find((one) => one.target === target)!
      const isCompiled = outcome.class === 'lossless' || outcome.class === 'warned'
      return isCompiled && outcome.visits > 0 ? [{ nodes: verdict.nodes, visits: outcome.visits, ms: outcome.ms }] : []
    })
    const large = points.filter(({ nodes }) => nodes >= 300)
    const slope = (of: (point: (typeof large)[number]) => number): string =>
      large.length < 10 ? '–' : exponent(large.map((point) => [point.nodes, of(point)])).toFixed(2)
    const most = Math.max(0, ...points.map(({ visits, nodes }) => visits / nodes))
    rows.push([target, String(large.length), slope(({ ms }) => ms), slope(({ visits }) => visits), digits(most)])
  }
  return table(
    [
      'target',
      'schemas of 300 nodes or more',
      'exponent of time',
      'exponent of places worked out',
      'most places for a node',
    ],
    rows,
  )
}

function exponent(points: readonly (readonly [number, number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(Math.max(y, 1e-3))] as const)
  const mean = (of: (point: readonly [number, number]) => number): number =>
    logs.reduce((sum, point) => sum + of(point), 0) / logs.length
  const mx = mean(([x]) => x)
  const my = mean(([, y]) => y)
  return mean(([x, y]) => (x - mx) * (y - my)) / mean(([x]) => (x - mx) ** 2)
}

function extremes(done: readonly (Result & { verdict: Verdict })[]): string {
  const slowest = (verdict: Verdict): number => Math.max(...verdict.outcomes.map(({ ms }) => ms))
  const rows = new Set([
    ...done.toSorted((a, b) => b.bytes - a.bytes).slice(0, 8),
    ...done.toSorted((a, b) => slowest(b.verdict) - slowest(a.verdict)).slice(0, 8),
  ])
  return table(
    ['schema', 'KB', 'nodes', 'ms', 'target', 'validator ms'],
    [...rows].map(({ name, bytes, verdict }) => {
      const ms = slowest(verdict)
      const { target } = verdict.outcomes.find((outcome) => outcome.ms === ms)!
      return [
        name,
        digits(bytes / 1000),
        verdict.nodes.toLocaleString('en'),
        digits(ms),
        target,
        digits(verdict.acceptMs),
      ]
    }),
  )
}

function faultList(
  broken: readonly Result[],
  faults: readonly { name: string; kind: string; target: string | null; detail: string }[],
): string {
  const lines = [
    ...broken.map(({ name, verdict }) => `- ${name}: ${(verdict as string).split('\n')[0]}`),
    ...faults
      .slice(0, 40)
      .map(
        ({ name, kind, target, detail }) =>
          `- ${name}: ${kind}${target === null ? '' : ` (${target})`}: \`${detail.slice(0, 160).replaceAll('`', "'")}\``,
      ),
  ]
  return lines.join('\n')
}
