import { NONE } from '../../async/consumer.ts'
import { EventReader } from '../event-reader.ts'
import type { Run } from '../run.ts'
import type { StreamEvent } from '../types.ts'
import { RunConsumer } from './run-consumer.ts'

/** Everything that happens in a run, from its start on. */
export class EventConsumer extends RunConsumer<StreamEvent> {
  readonly #reader: EventReader

  constructor(run: Run) {
    super(run)
    this.#reader = new EventReader(run)
  }

  protected override take(): StreamEvent | typeof NONE {
    return this.#reader.next() ?? NONE
  }
}
