/** The longest delay that a runtime's `setTimeout` takes; anything above fires at once. */
const LONGEST = 2 ** 31 - 1

/**
 * One timer as a resource: starting it again replaces it, and where the runtime allows it (`unref`) it never keeps
 * the process alive. `Infinity` never fires.
 */
export class Timer implements Disposable {
  #handle: unknown

  start(ms: number, callback: () => void): void {
    this.stop()
    if (ms === Infinity) return
    const step = Math.min(ms, LONGEST)
    this.#handle = setTimeout(() => {
      this.#handle = undefined
      if (step < ms) this.start(ms - step, callback)
      else callback()
    }, step)
    ;(this.#handle as { unref?: () => void }).unref?.()
  }

  get isRunning(): boolean {
    return this.#handle !== undefined
  }

  stop(): void {
    if (this.#handle === undefined) return
    clearTimeout(this.#handle as Parameters<typeof clearTimeout>[0])
    this.#handle = undefined
  }

  [Symbol.dispose](): void {
    this.stop()
  }
}
