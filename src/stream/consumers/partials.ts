import { NONE } from '../../async/consumer.ts'
import { Timer } from '../../async/timer.ts'
import type { Answer } from '../answer.ts'
import type { Run } from '../run.ts'
import { takeSnapshot } from '../snapshot.ts'
import type { Snapshot } from '../types.ts'
import { RunConsumer } from './run-consumer.ts'

export interface PartialOptions {
  /** Least milliseconds between two items; the last one never waits. @defaultValue 0 */
  throttle?: number | undefined
  /** Never lag, also in open arrays of more than 256 elements and objects of more than 64 keys, at the cost of a copy of them. @defaultValue false */
  exact?: boolean | undefined
}

/** The newest value, never a queue, at most every `throttle` milliseconds. */
abstract class NewestConsumer<T> extends RunConsumer<T> {
  readonly #throttle: number
  protected readonly exact: boolean
  readonly #pause = new Timer()

  constructor(run: Run, { throttle = 0, exact = false }: PartialOptions) {
    super(run)
    this.#throttle = throttle
    this.exact = exact
  }

  /** What is new in `answer`, or `NONE`. */
  protected abstract look(answer: Answer): T | typeof NONE

  protected override take(): T | typeof NONE {
    const { answer, isOver } = this.run
    if (answer === undefined || (this.#pause.isRunning && !isOver)) return NONE
    const item = this.look(answer)
    if (item !== NONE && this.#throttle > 0 && !isOver) this.#pause.start(this.#throttle, () => this.notify())
    return item
  }

  protected override close(): void {
    this.#pause.stop()
  }
}

export class PartialConsumer<T> extends NewestConsumer<T> {
  #shown: unknown

  protected override look(answer: Answer): T | typeof NONE {
    const value = answer.value(this.exact)
    if (value === this.#shown || value === undefined) return NONE
    this.#shown = value
    return value as T
  }
}

export class SnapshotConsumer<S> extends NewestConsumer<Snapshot<S>> {
  #shown: Snapshot<S> | undefined

  protected override look(answer: Answer): Snapshot<S> | typeof NONE {
    if (this.run.outcome?.ok === true) return NONE
    const value = answer.value(this.exact)
    const shown = this.#shown
    const isKnown =
      shown?.value === value && shown?.attempt === answer.attempt && shown.issues.length === answer.issues.length
    if (value === undefined || isKnown) return NONE
    return this.#show(answer, value)
  }

  /** A successful run ends with its data, even if nothing visible changed. */
  protected override last(): Snapshot<S> | typeof NONE {
    const { answer } = this.run
    if (answer === undefined || this.#shown?.isFinal === true) return NONE
    return this.#show(answer, answer.value())
  }

  #show(answer: Answer, value: unknown): Snapshot<S> {
    return (this.#shown = takeSnapshot<S>(answer, value, this.run.status))
  }
}
