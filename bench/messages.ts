/** What the benchmark's main process asks of a worker, one request at a time. */
export type Request =
  /** Makes one subject ready to read one workload, checks its answer, and warms it up. */
  | {
      type: 'prepare'
      table: string
      subject: string
      workload: string
      size: number
      budgetMs: number
      warmMs: number
      slowMs: number
    }
  /** Reads it again and again for about `budgetMs` of CPU. */
  | { type: 'round'; budgetMs: number }
  /** Runs a probe that measures on its own. */
  | { type: 'probe'; probe: string; argument: number }

export interface Prepared {
  /** Deltas of all documents together. */
  deltas: number
  chars: number
  /** CPU of the last reading before the rounds, counted as if every delta had been read. */
  runMs: number
  /** 1: every delta was read. n: every n-th, and each stands for n. */
  stride: number
  /** One reading takes so long that `runMs` is the figure. */
  isSlow: boolean
}

export interface Round {
  /** CPU of one reading, counted as if every delta had been read. */
  runMs: number
}

export type Reply = { ok: true; result: unknown } | { ok: false; message: string }
