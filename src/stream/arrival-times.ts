/** Entries that are kept of one text; then every second one goes, and the next are taken half as often. */
const MOST = 1_024

/**
 * When which part of a growing text arrived. A text of any length costs at most 16 kB: times are a millisecond
 * apart at first, and at least twice as far each time the list is full.
 */
export class ArrivalTimes {
  readonly #times: number[] = []
  /** Where the text that arrived at each time begins. */
  readonly #starts: number[] = []
  #apart = 1

  /** Text arrived at `time` (ms); `start` is its offset. */
  note(start: number, time: number): void {
    const last = this.#times.at(-1)
    if (last !== undefined && time - last < this.#apart) return
    if (this.#times.length === MOST) this.#thin()
    this.#times.push(time)
    this.#starts.push(start)
  }

  /** The text from offset `from` to `to`, in pieces that each arrived at one time. */
  *pieces(text: string, from = 0, to = text.length): Generator<{ text: string; time: number }> {
    for (let at = 0; at < this.#times.length; at++) {
      const start = Math.max(from, this.#starts[at]!)
      const end = Math.min(to, this.#starts[at + 1] ?? text.length)
      if (start < end) yield { text: text.slice(start, end), time: this.#times[at]! }
    }
  }

  #thin(): void {
    const kept = this.#times.length / 2
    for (let at = 0; at < kept; at++) {
      this.#times[at] = this.#times[2 * at]!
      this.#starts[at] = this.#starts[2 * at]!
    }
    this.#times.length = this.#starts.length = kept
    // The next are as far apart as those that are kept.
    this.#apart = Math.max(2 * this.#apart, (this.#times.at(-1)! - this.#times[0]!) / kept)
  }
}
