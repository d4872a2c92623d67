import { Timer } from '../../async/timer.ts'
import type { EventLog } from '../../stream/event-log.ts'

/** When text that has come is sent. */
export interface GatherRules {
  /** Milliseconds that text waits at most. */
  readonly patience: number
  /** Characters of further text from which on a write is worth its bytes. */
  readonly missing: () => number
}

/** Looks in the time that text may wait: it is sent at the first at which nothing has come since the last. */
const LOOKS = 6
/** Most writes that go at once after waiting was in vain. */
const MOST_FREE = 256

/**
 * Holds text back until there is enough of it, until no more comes, or until it has waited long enough. A model that is
 * slow, or that waits for its reader, gains nothing by that: each time nothing came, more writes go at once.
 */
export class Gathering {
  readonly #rules: GatherRules
  readonly #log: EventLog
  readonly #timer = new Timer()
  readonly #then: () => void
  /** What was counted: up to this place of this entry. */
  #entry = 0
  #place = 0
  #chars = 0
  #looks = 0
  /** Characters at the last look. */
  #before = 0
  #isOver = false
  /** Writes that go at once from now on, and how many it will be when waiting is in vain next. */
  #free = 0
  #nextFree = 1

  constructor(rules: GatherRules, log: EventLog, then: () => void) {
    this.#rules = rules
    this.#log = log
    this.#then = then
  }

  /** Whether what has come since the last `begin` should wait. Anything but text never waits. */
  get isOpen(): boolean {
    const { patience, missing } = this.#rules
    if (this.#isOver || patience === 0 || this.#free > 0 || this.#count()) return false
    if (this.#chars >= missing()) {
      if (this.#timer.isRunning) this.#nextFree = 1
      return false
    }
    if (!this.#timer.isRunning) this.#look(patience / LOOKS)
    return true
  }

  /** Everything up to this place of the log was sent. */
  begin(entry: number, place: number): void {
    if (this.#free > 0) this.#free--
    this.#entry = entry
    this.#place = place
    this.#chars = 0
    this.#looks = 0
    this.#before = 0
    this.#isOver = false
    this.stop()
  }

  stop(): void {
    this.#timer.stop()
  }

  #look(ms: number): void {
    this.#before = this.#chars
    this.#timer.start(ms, () => {
      if (++this.#looks < LOOKS && this.#chars > this.#before) return this.#look(ms)
      if (this.#looks === 1) {
        this.#free = this.#nextFree
        this.#nextFree = Math.min(MOST_FREE, 2 * this.#nextFree)
      }
      this.#isOver = true
      this.#then()
    })
  }

  /** Counts what is new; true: some of it isn't text. */
  #count(): boolean {
    const { entries } = this.#log
    for (;;) {
      const entry = entries[this.#entry]
      if (entry === undefined) return false
      if (entry.type !== 'deltas') return true
      const { deltas, from, to } = entry
      for (let place = Math.max(this.#place, from); place < to; place++) this.#chars += deltas.at(place).length
      this.#place = to
      if (this.#entry + 1 === entries.length) return false
      this.#entry++
      this.#place = 0
    }
  }
}
