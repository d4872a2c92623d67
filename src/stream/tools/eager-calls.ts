import { StructStreamError } from '../../errors.ts'
import { JsonExtent } from '../../models/events/json-extent.ts'
import type { CallReader } from './call-reader.ts'
import type { OpenCall } from './open-call.ts'
import { failed, runCall, type CallHost, type CallOutcome } from './run-calls.ts'

interface StartedCall {
  /** Has read the arguments that it was started with. */
  readonly reader: CallReader
  readonly controller: AbortController
  readonly outcome: Promise<CallOutcome>
}

/**
 * Runs the calls of `eager` tools while their turn is still being written: each as soon as its arguments are complete,
 * and at most once. What becomes of them counts only once the turn has ended well; until then any of them may be
 * canceled.
 */
export class EagerCalls {
  readonly #host: Omit<CallHost, 'onResult'>
  /** How much of one JSON document the arguments of each call are. */
  readonly #extents = new Map<OpenCall, JsonExtent>()
  readonly #started = new Map<OpenCall, StartedCall>()
  #isCanceled = false

  /** @param host its `signal` is asked for when the first call starts */
  constructor(host: Omit<CallHost, 'onResult'>) {
    this.#host = host
  }

  /** More of a call's arguments came. A wire may report the end of a call late, but an object's last brace is its end. */
  grow(call: OpenCall, delta: string): void {
    if (call.isEager !== true || this.#isCanceled || this.#started.has(call)) return
    let extent = this.#extents.get(call)
    if (extent === undefined) this.#extents.set(call, (extent = new JsonExtent()))
    extent.add(delta)
    if (extent.extent === 'complete' && delta.trimEnd().endsWith('}')) this.#start(call)
  }

  /** The call's arguments are over. */
  end(call: OpenCall): void {
    this.#extents.delete(call)
    if (call.isEager === true && !this.#isCanceled && !this.#started.has(call)) this.#start(call)
  }

  /** The turn doesn't count: what runs is canceled, and nothing further starts. */
  cancel(cause?: unknown): void {
    if (this.#isCanceled) return
    this.#isCanceled = true
    this.#extents.clear()
    if (this.#started.size === 0) return
    const reason = new StructStreamError(
      'aborted',
      'The call was canceled: the turn of the model that made it was cut, refused or replaced.',
      { cause },
    )
    for (const { controller } of this.#started.values()) controller.abort(reason)
    this.release()
  }

  /** The run is heard no more. */
  release(): void {
    if (this.#started.size > 0) this.#host.signal.removeEventListener('abort', this.#onRunEnd)
  }

  /** The outcome of a call that has been started; otherwise `undefined`. */
  outcomeOf(call: OpenCall): Promise<CallOutcome> | undefined {
    const started = this.#started.get(call)
    if (started === undefined) return undefined
    const { reader } = call
    return reader === undefined || reader === started.reader ? started.outcome : continued(reader, started)
  }

  readonly #onRunEnd = (): void => {
    for (const { controller } of this.#started.values()) controller.abort(this.#host.signal.reason)
  }

  #start(call: OpenCall): void {
    const { id, name, reader } = call
    if (reader === undefined) return
    if (this.#started.size === 0) this.#host.signal.addEventListener('abort', this.#onRunEnd, { once: true })
    const controller = new AbortController()
    const outcome = runCall({ id, name, reader }, { ...this.#host, signal: controller.signal })
    // A failure counts when the turn has ended well.
    outcome.catch(() => {})
    this.#started.set(call, { reader, controller, outcome })
  }
}

/**
 * The model has written on after its arguments were complete. What was started counts if all of it still means the
 * same; a call is never run a second time.
 */
async function continued(
  reader: CallReader,
  { reader: before, controller, outcome }: StartedCall,
): Promise<CallOutcome> {
  const read = await reader.validate()
  if (read.ok && reader.isSameInput(before)) return outcome
  const message = read.ok ? 'The arguments changed after they were complete.' : read.message
  controller.abort(new StructStreamError('aborted', `The call was canceled. ${message}`))
  return failed(message)
}
