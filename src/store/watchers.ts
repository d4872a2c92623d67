import type { Notice } from './store.ts'

/** The listeners in this process, by stream. A listener must not throw. */
export class Watchers {
  readonly #listeners = new Map<string, Set<() => void>>()
  readonly #onFirst: (id: string, what: Notice) => void
  readonly #onLast: (id: string, what: Notice) => void

  /** `onFirst` and `onLast` are called when a stream gets its first listener and has lost its last one. */
  constructor(
    onFirst: (id: string, what: Notice) => void = () => {},
    onLast: (id: string, what: Notice) => void = () => {},
  ) {
    this.#onFirst = onFirst
    this.#onLast = onLast
  }

  /** Returns what removes the listener. */
  add(id: string, what: Notice, listener: () => void): () => void {
    const key = `${what}:${id}`
    let listeners = this.#listeners.get(key)
    if (listeners === undefined) {
      listeners = new Set()
      this.#listeners.set(key, listeners)
      this.#onFirst(id, what)
    }
    // The same function may be given twice.
    const own = (): void => listener()
    listeners.add(own)
    return () => {
      if (!listeners.delete(own) || listeners.size > 0 || this.#listeners.get(key) !== listeners) return
      this.#listeners.delete(key)
      this.#onLast(id, what)
    }
  }

  notify(id: string, what: Notice): void {
    for (const listener of this.#listeners.get(`${what}:${id}`) ?? []) listener()
  }

  notifyAll(): void {
    for (const listeners of this.#listeners.values()) for (const listener of listeners) listener()
  }

  get isEmpty(): boolean {
    return this.#listeners.size === 0
  }

  clear(): void {
    this.#listeners.clear()
  }
}
