/**
 * Other libraries' own partials next to ours, inside the same library: CPU for each delta, wrong partials, and how much of a
 * wrong answer is read before the fault is known. Each library runs from its own project in `compat/hosts`, each way of
 * reading in its own process; the processes take turns, and the figure is the median of the rounds.
 *
 *   npm run bench:hosts -- [--rounds 9] [--only langchain] [--tarball file]
 */
import { fork, spawnSync, type ChildProcess } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { CERTAIN_AT, texts } from '../compat/hosts/catalog.mjs'
import { table } from './markdown.ts'
import { median } from './measure.ts'

const HOSTS: Readonly<Record<string, string>> = {
  'ai-sdk': 'AI SDK, `Output.object`',
  openai: 'OpenAI SDK, `stream()`',
  langchain: 'LangChain, `JsonOutputParser`',
  'tanstack-ai': 'TanStack AI, `outputSchema`',
  genkit: 'Genkit, `output`',
  mastra: 'Mastra, `structuredOutput`',
}
const WAYS = ['text', 'own', 'ours'] as const
const BUDGET_MS = { short: 250, long: 600 }

type Way = (typeof WAYS)[number]
type TextName = keyof typeof BUDGET_MS

interface Look {
  partials: number
  numbers: number
  words: number
  isWhole: boolean
  deltas: number
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    only: { type: 'string', multiple: true },
    tarball: { type: 'string' },
  },
})
const chosen = Object.keys(HOSTS).filter((name) => values.only?.includes(name) ?? true)
const root = join(import.meta.dirname, '..')
const projects = process.env['COMPAT_DIR'] ?? join(tmpdir(), 'structstream-compat')

function install(): void {
  const tarball = values.tarball === undefined ? [] : [`--tarball=${values.tarball}`]
  const args = ['compat/run.mjs', ...chosen.map((name) => `hosts/${name}`), '--install', ...tarball]
  if (spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] }).status !== 0)
    throw new Error('The projects could not be installed.')
}

/** One library, read in one way. */
class Lane implements Disposable {
  readonly host: string
  readonly way: Way
  readonly costs: Record<TextName, number[]> = { short: [], long: [] }
  readonly #process: ChildProcess

  private constructor(host: string, way: Way) {
    this.host = host
    this.way = way
    const cwd = join(projects, 'hosts', host)
    // No request gets there: the process answers them on its own.
    const env = { ...process.env, OPENAI_API_KEY: 'key', OPENAI_BASE_URL: 'http://provider.invalid/v1' }
    this.#process = fork(join(cwd, 'bench.mjs'), [way], { cwd, env, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  }

  static async start(host: string, way: Way): Promise<Lane> {
    const lane = new Lane(host, way)
    await lane.#reply()
    return lane
  }

  async ask<T>(ask: 'look' | 'violation' | 'round', text: string, budgetMs = 0): Promise<T> {
    this.#process.send({ ask, text, budgetMs })
    return (await this.#reply()) as T
  }

  #reply(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null): void => reject(new Error(`${this.host}, ${this.way}: ended with ${code}`))
      this.#process.once('exit', ended)
      this.#process.once('message', ({ result, error }: { result?: unknown; error?: string }) => {
        this.#process.off('exit', ended)
        if (error === undefined) resolve(result)
        else reject(new Error(`${this.host}, ${this.way}: ${error}`))
      })
    })
  }

  [Symbol.dispose](): void {
    this.#process.kill('SIGKILL')
  }
}

async function measure(host: string): Promise<string[]> {
  const lanes: Lane[] = []
  try {
    for (const way of WAYS) lanes.push(await Lane.start(host, way))
    const looks = new Map<Way, Look>()
    for (const lane of lanes) looks.set(lane.way, await lane.ask<Look>('look', 'short'))
    for (const way of ['own', 'ours'] as const)
      if (!looks.get(way)!.isWhole) throw new Error(`${host}, ${way}: the last partial isn't the answer`)
    const known = new Map<Way, number | null>()
    for (const lane of lanes.slice(1))
      known.set(lane.way, (await lane.ask<{ characters: number | null }>('violation', 'wrong')).characters)
    for (const text of ['short', 'long'] as const) {
      // Warm-up.
      for (const lane of lanes) await lane.ask('round', text, 2 * BUDGET_MS[text])
      for (let round = 0; round < Number(values.rounds); round++)
        for (const lane of round % 2 === 0 ? lanes : lanes.toReversed()) {
          const { microseconds } = await lane.ask<{ microseconds: number }>('round', text, BUDGET_MS[text])
          lane.costs[text].push(microseconds)
        }
    }
    const cost = (text: TextName): string => lanes.map(({ costs }) => median(costs[text]).toFixed(0)).join(' / ')
    const wrong = (way: Way): string => {
      const { numbers, words, partials } = looks.get(way)!
      return `${numbers} and ${words} of ${partials}`
    }
    const shown = (way: Way): string => known.get(way)?.toLocaleString('en') ?? 'never'
    return [HOSTS[host]!, cost('short'), cost('long'), wrong('own'), wrong('ours'), shown('own'), shown('ours')]
  } finally {
    for (const lane of lanes) lane[Symbol.dispose]()
  }
}

install()
const rows: string[][] = []
for (const host of chosen) rows.push(await measure(host))
const size = (text: string): string => `${(text.length / 1_000).toFixed(1)} kB`
console.log(
  table(
    [
      'library',
      `CPU per delta, ${size(texts.short)}: text / own / ours (µs)`,
      size(texts.long),
      'different partials with a half number, a half word: own',
      'ours',
      'characters read when a violation is known: own',
      'ours',
    ],
    rows,
  ),
)
console.log(`\nThe violation is certain at character ${CERTAIN_AT} of ${texts.wrong.length.toLocaleString('en')}.`)
