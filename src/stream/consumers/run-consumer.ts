import { END, Consumer, NONE } from '../../async/consumer.ts'
import type { Run } from '../run.ts'

/** A consumer of a run: all that is there for it, then the run's end or its error. */
export abstract class RunConsumer<T> extends Consumer<T> {
  protected readonly run: Run

  constructor(run: Run) {
    super(run)
    this.run = run
  }

  /** The next item that is there now, or `NONE`. */
  protected abstract take(): T | typeof NONE

  /** An item for the end of a successful run only; asked until it says `NONE`. */
  protected last(): T | typeof NONE {
    return NONE
  }

  /** Something waits for its time, so that the end of the run is not yet this consumer's. */
  protected get isPausing(): boolean {
    return false
  }

  protected override pull(): T | typeof NONE | typeof END {
    const item = this.take()
    if (item !== NONE) return item
    const { outcome } = this.run
    if (outcome === undefined || this.isPausing) return NONE
    if (!outcome.ok) throw outcome.error
    const last = this.last()
    return last === NONE ? END : last
  }
}
