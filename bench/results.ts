import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import type { Cell } from './measure.ts'
import type { Figure } from './probes/figure.ts'

/** Everything one run of the benchmark found, and where. */
export interface Results {
  date: string
  command: string
  node: string
  v8: string
  machine: string
  /** With `+` when the working tree had changes. */
  commit: string
  cells: Cell[]
  figures: Figure[]
}

/** The facts without which no figure means anything. */
export function circumstances(command: string): Omit<Results, 'cells' | 'figures'> {
  const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim()
  const processors = cpus()
  return {
    date: new Date().toISOString().slice(0, 10),
    command,
    node: process.version,
    v8: process.versions.v8,
    machine: `${processors.length} × ${processors[0]?.model ?? 'unknown'}, ${process.platform} ${process.arch}`,
    commit: git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--', 'src') === '' ? '' : '+'),
  }
}

/** Version of an installed package. */
export function versionOf(name: string): string {
  const file = new URL(`../node_modules/${name}/package.json`, import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}

/** CPU that one subject took for one text; `undefined` when there is no figure. */
export function cpuOf(
  { cells }: Results,
  at: { table: string; workload: string; size: number; subject: string },
): NonNullable<Cell['cpu']> | undefined {
  return cellOf(cells, at)?.cpu
}

export function cellOf(
  cells: readonly Cell[],
  at: { table: string; workload: string; size: number; subject: string },
): Cell | undefined {
  return cells.find(
    ({ table, workload, size, subject }) =>
      table === at.table && workload === at.workload && size === at.size && subject === at.subject,
  )
}

/** k in CPU ∝ length^k between two sizes. */
export function growth(
  results: Results,
  at: { table: string; workload: string; subject: string },
  from: number,
  to: number,
): number | undefined {
  const small = cpuOf(results, { ...at, size: from })
  const large = cpuOf(results, { ...at, size: to })
  if (small === undefined || large === undefined) return undefined
  return Math.log(large.ms / small.ms) / Math.log(large.chars / small.chars)
}
