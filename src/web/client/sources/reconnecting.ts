/** Milliseconds: the most that is waited before the first further try, which doubles, and before any. */
const FIRST_WAIT = 300
const LONGEST_WAIT = 5_000
/** Connections that one stream may take: a server that cuts each after one event would never end otherwise. */
const MOST_CONNECTIONS = 1_000

export interface Patience {
  /** Milliseconds. */
  readonly patience: number
  /** Tries in a row. */
  readonly reconnects: number
}

/** Decides how often and how long the rest of a stream is asked for, and waits in between. */
export class Reconnecting {
  readonly #limits: Patience
  readonly #signal: AbortSignal
  readonly #rest: (ms: number) => Promise<void>
  #connections = 1
  #tries = 0
  /** Milliseconds without a connection, those without a network left out. */
  #waited = 0

  constructor(limits: Patience, signal: AbortSignal, rest: (ms: number) => Promise<void>) {
    this.#limits = limits
    this.#signal = signal
    this.#rest = rest
  }

  /** Something new has come. */
  succeeded(): void {
    this.#tries = 0
    this.#waited = 0
  }

  /** Whether a try more is due. */
  get isDue(): boolean {
    const { patience, reconnects } = this.#limits
    return this.#tries < reconnects && this.#waited < patience && this.#connections < MOST_CONNECTIONS
  }

  /** Waits for the next try, which comes at once when the network comes back. `failed` ms went into the last one. */
  async wait(failed: number): Promise<void> {
    this.#connections++
    const limit = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#tries++)
    if (isOffline()) return await this.#online(Infinity)
    const ms = Math.random() * limit
    this.#waited += failed + ms
    await this.#online(ms)
  }

  /** Resolves after `ms`, when the network comes back, or when the reader wants no more. */
  async #online(ms: number): Promise<void> {
    const page = globalThis as { addEventListener?: Listening; removeEventListener?: Listening }
    const signal = this.#signal
    let onNews!: () => void
    const news = new Promise<void>((resolve) => {
      onNews = resolve
    })
    page.addEventListener?.('online', onNews)
    signal.addEventListener('abort', onNews, { once: true })
    try {
      await (ms === Infinity ? news : Promise.race([news, this.#rest(ms)]))
    } finally {
      page.removeEventListener?.('online', onNews)
      signal.removeEventListener('abort', onNews)
    }
  }
}

type Listening = (type: 'online', listener: () => void) => void

function isOffline(): boolean {
  const { navigator } = globalThis as { navigator?: { onLine?: boolean } }
  return navigator?.onLine === false && 'addEventListener' in globalThis
}
