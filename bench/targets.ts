import { digits, duration } from './markdown.ts'
import { cpuOf, growth, type Results } from './results.ts'
import { WORKLOADS } from './workloads.ts'

/** What was promised, and what came. */
export interface Verdict {
  what: string
  target: string
  measured: string
  isMet: boolean | undefined
}

const KB = 1_000
const MB = 1_000_000

/** The promises of this project about cost, each held against the run. */
export function verdicts(results: Results): Verdict[] {
  const perDelta = (subject: string, workload: string, size: number): number | undefined =>
    cpuOf(results, { table: 'parse', workload, size, subject })?.nsPerDelta
  const handle = (subject: string, size: number): number | undefined =>
    cpuOf(results, { table: 'handle', workload: 'records', size, subject })?.nsPerDelta
  const sdk = (subject: string): number | undefined =>
    cpuOf(results, { table: 'sdk', workload: 'records', size: 100 * KB, subject })?.ms
  const figure = (id: string): number | undefined => results.figures.find((one) => one.id === id)?.value
  const most = (prefix: string): number | undefined => {
    const known = results.figures.filter(({ id }) => id.startsWith(prefix)).map(({ value }) => value)
    return known.length === 0 ? undefined : Math.max(...known)
  }
  const parse = (subject: string, workload: string, size = 100 * KB): number | undefined =>
    cpuOf(results, { table: 'parse', workload, size, subject })?.ms
  /** The worst growth of one subject over all workloads, by the size that has the same work to do. */
  const worst = (subject: string): number | undefined => {
    const known = WORKLOADS.flatMap(
      ({ id }) => growth(results, { table: 'parse', workload: id, subject }, 100 * KB, MB) ?? [],
    )
    return known.length === 0 ? undefined : Math.max(...known)
  }

  return [
    below('parser alone, push of a 4-character delta, records', 60, perDelta('push', 'records', 100 * KB), duration),
    below('the same, one long string', 60, perDelta('push', 'string', 100 * KB), duration),
    below(
      'whole text at once, records',
      2.2,
      over(parse('whole', 'records'), parse('json-parse', 'records')),
      times('JSON.parse'),
    ),
    below(
      'whole text at once, numbers',
      3.3,
      over(parse('whole', 'numbers'), parse('json-parse', 'numbers')),
      times('JSON.parse'),
    ),
    below('push and snapshot, records of 10 KB', 250, perDelta('snapshot', 'records', 10 * KB), duration),
    below('push and snapshot, records of 1 MB', 350, perDelta('snapshot', 'records', MB), duration),
    below(
      'schema cursor, push only, records',
      2,
      over(parse('strict-push', 'records'), parse('push', 'records')),
      times('the parser alone'),
    ),
    below(
      'the same with repair',
      2,
      over(parse('cursor-push', 'records'), parse('push', 'records')),
      times('the parser alone'),
    ),
    below(
      'schema cursor, push and snapshot, records',
      2,
      over(parse('strict', 'records'), parse('snapshot', 'records')),
      times('the parser alone'),
    ),
    below(
      'the same with repair',
      2,
      over(parse('cursor', 'records'), parse('snapshot', 'records')),
      times('the parser alone'),
    ),
    below('growth from 100 KB to 1 MB, push, the worst workload', 1.1, worst('push'), power),
    below('growth, a snapshot per delta, the worst workload', 1.1, worst('snapshot'), power),
    below('growth, schema cursor and a snapshot per delta, the worst workload', 1.1, worst('cursor'), power),
    below('`runStream` + `streamPartial` over a mock model, 100 KB', 2_000, handle('partials', 100 * KB), duration),
    above(
      'of ai 7 `Output.object`, 50 KB: less CPU by',
      500,
      over(handle('ai-partials', 50 * KB), handle('partials', 50 * KB)),
    ),
    above(
      'of ai 7 `Output.object`, 100 KB: less CPU by',
      1_000,
      over(handle('ai-partials', 100 * KB), handle('partials', 100 * KB)),
    ),
    below('on top of the openai SDK alone, 100 KB', 15, share(sdk('openai-ours'), sdk('openai-alone')), percent),
    below(
      'on top of the Anthropic SDK alone, 100 KB',
      15,
      share(sdk('anthropic-ours'), sdk('anthropic-alone')),
      percent,
    ),
    below('alive at most for 1 MB of records, final value apart', 3, figure('run-records'), times('the text')),
    below('alive at most for a string of 1 MB, final value apart', 3, figure('run-string'), times('the text')),
    below(
      'alive at most for 1 MB while its consumer stands still, the worst consumer',
      3,
      most('standing-'),
      times('the text'),
    ),
    below('1,000 open streams', 100, figure('streams'), (mb) => `${digits(mb)} MB`),
    below(
      '1,000 streams at once, 100 deltas/s each',
      100,
      figure('share'),
      (share) => `${digits(share)} % of one core`,
    ),
  ]
}

function below(what: string, limit: number, value: number | undefined, show: (value: number) => string): Verdict {
  return {
    what,
    target: `≤ ${show(limit)}`,
    measured: value === undefined ? '–' : show(value),
    isMet: value === undefined ? undefined : value <= limit,
  }
}

function above(what: string, limit: number, value: number | undefined): Verdict {
  return {
    what,
    target: `≥ ${digits(limit)} ×`,
    measured: value === undefined ? '–' : `${digits(value)} ×`,
    isMet: value === undefined ? undefined : value >= limit,
  }
}

function over(value: number | undefined, base: number | undefined): number | undefined {
  return value === undefined || base === undefined ? undefined : value / base
}

function share(value: number | undefined, base: number | undefined): number | undefined {
  return value === undefined || base === undefined ? undefined : 100 * (value / base - 1)
}

const times =
  (what: string) =>
  (value: number): string =>
    `${value.toFixed(2)} × ${what}`

const power = (k: number): string => `length^${k.toFixed(2)}`

const percent = (value: number): string => `${value.toFixed(1)} %`
