import { fork, type ChildProcess } from 'node:child_process'
import type { Prepared, Reply, Request, Round } from './messages.ts'

/**
 * The young generation has its full default size from the start, as in a server that has run for a while: V8 would let
 * it grow from 1 MB, and a figure would depend on how far it has come. Where objects are allocated is not left to V8's
 * feedback, which rests on whether the very first ones happened to outlive a collection: it doubled a figure, or not.
 */
const FLAGS = [
  '--expose-gc',
  '--min-semi-space-size=16',
  '--max-semi-space-size=16',
  '--no-allocation-site-pretenuring',
]

/** Of a subject that takes longer one reading is enough: warming up is a trifle of it. */
const SLOW_MS = 2_000

/** A process that measures, and does nothing but what it is asked. */
export class Worker implements Disposable {
  readonly #process: ChildProcess
  #settle: ((reply: Reply) => void) | undefined

  constructor(file: string, env: NodeJS.ProcessEnv = {}) {
    this.#process = fork(file, { execArgv: FLAGS, env: { ...process.env, ...env } })
    this.#process.on('message', (reply: Reply) => this.#answered(reply))
    this.#process.on('exit', (code, signal) => {
      this.#answered({ ok: false, message: `the process ended with ${signal ?? `code ${code}`}` })
    })
  }

  #answered(reply: Reply): void {
    this.#settle?.(reply)
    this.#settle = undefined
  }

  /**
   * @param limitMs wall time after which the process is ended
   * @throws Stopped, or what the worker threw
   */
  async ask<T>(request: Request, limitMs: number): Promise<T> {
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      this[Symbol.dispose]()
    }, limitMs)
    const reply = await new Promise<Reply>((resolve) => {
      this.#settle = resolve
      this.#process.send(request)
    })
    clearTimeout(timer)
    if (reply.ok) return reply.result as T
    throw isLate ? new Stopped(limitMs) : new Error(reply.message)
  }

  [Symbol.dispose](): void {
    this.#process.kill('SIGKILL')
  }
}

/** The subject took so long that it was ended. */
export class Stopped extends Error {
  constructor(limitMs: number) {
    super(`stopped after ${Math.round(limitMs / 1_000)} s`)
  }
}

export interface Job {
  table: string
  workload: string
  size: number
  /** Ids of the subjects. */
  subjects: readonly string[]
}

/** What one subject needs for one text. */
export interface Cell {
  table: string
  workload: string
  size: number
  subject: string
  /** Absent when there is no figure; `note` says why then. */
  cpu?: {
    /** Median of the rounds, for the whole text. */
    ms: number
    /** The same per delta. */
    nsPerDelta: number
    rounds: readonly number[]
    deltas: number
    chars: number
    /** More than 1: only every nth delta was read, and each counts n times. */
    stride: number
  }
  note?: string
}

export interface Effort {
  rounds: number
  /** CPU of one round. */
  budgetMs: number
  /** Least CPU of a warm-up: the optimizing compiler has to have seen everything. */
  warmMs: number
  /** Wall time for the preparation or one round of one subject. */
  limitMs: number
  /** CPU of a reading above which one is enough. @defaultValue 2,000 */
  slowMs?: number
}

/** Measures all subjects of a job: each in its own process, in rounds that take turns. */
export async function measure(job: Job, effort: Effort, start: () => Worker): Promise<Cell[]> {
  const lanes = job.subjects.map((subject) => ({ subject, worker: start(), rounds: [] as number[] }))
  const cells: Cell[] = []
  const live: { subject: string; worker: Worker; rounds: number[]; prepared: Prepared }[] = []
  const { table, workload, size } = job
  try {
    for (const lane of lanes) {
      try {
        const prepared = await lane.worker.ask<Prepared>(
          {
            type: 'prepare',
            table,
            workload,
            size,
            subject: lane.subject,
            budgetMs: effort.budgetMs,
            warmMs: effort.warmMs,
            slowMs: effort.slowMs ?? SLOW_MS,
          },
          effort.limitMs,
        )
        live.push({ ...lane, prepared })
      } catch (error) {
        cells.push({ table, workload, size, subject: lane.subject, note: (error as Error).message })
      }
    }
    for (let round = 0; round < effort.rounds; round++) {
      // Every other round goes the other way: no one always runs after the same neighbour.
      for (const { worker, rounds, prepared } of round % 2 === 0 ? live : live.toReversed()) {
        if (prepared.isSlow) {
          if (round === 0) rounds.push(prepared.runMs)
          continue
        }
        const { runMs } = await worker.ask<Round>({ type: 'round', budgetMs: effort.budgetMs }, effort.limitMs)
        rounds.push(runMs)
      }
    }
    for (const { subject, rounds, prepared } of live) {
      const { deltas, chars, stride } = prepared
      const ms = median(rounds)
      cells.push({
        table,
        workload,
        size,
        subject,
        cpu: { ms, nsPerDelta: (ms * 1e6) / deltas, rounds, deltas, chars, stride },
      })
    }
  } finally {
    for (const { worker } of lanes) worker[Symbol.dispose]()
  }
  const order = (cell: Cell): number => job.subjects.indexOf(cell.subject)
  return cells.sort((a, b) => order(a) - order(b))
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
