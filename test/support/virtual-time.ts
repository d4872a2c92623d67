/**
 * A clock that only moves when nothing is left to do at its present time, for many things that happen at once.
 * Times are whole milliseconds.
 */
export class VirtualTime {
  now = 0
  readonly #due = new Map<number, (() => void)[]>()

  /** Resolves `ms` later; at once where that is 0. */
  rest(ms: number): Promise<void> {
    if (ms <= 0) return Promise.resolve()
    return new Promise((resolve) => {
      const at = this.now + ms
      const due = this.#due.get(at)
      if (due === undefined) this.#due.set(at, [resolve])
      else due.push(resolve)
    })
  }

  /** Lets time pass until no one waits. */
  async run(): Promise<void> {
    await settled()
    while (this.#due.size > 0) {
      this.now = Math.min(...this.#due.keys())
      const due = this.#due.get(this.now)!
      this.#due.delete(this.now)
      for (const resolve of due) resolve()
      await settled()
    }
  }
}

/** All promises have been followed to where they wait for something. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}
