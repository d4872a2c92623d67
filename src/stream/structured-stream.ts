import { asyncDispose, type StreamIterator } from '../async/consumer.ts'
import { quiet } from '../async/deferred.ts'
import type { InputOf, OutputOf, PartialOf } from '../schema/types.ts'
import type { CheckedPath, CheckedPattern, ElementAt, Path } from '../path.ts'
import type { Issue, Message } from '../types.ts'
import { EventConsumer } from './consumers/events.ts'
import { ElementConsumer, FieldConsumer, type FieldOptions } from './consumers/at-path.ts'
import { ChunkConsumer, TextConsumer, type TextOptions } from './consumers/text.ts'
import { PartialConsumer, SnapshotConsumer, type PartialOptions } from './consumers/partials.ts'
import { checkPath, checkReadOptions } from './options/read-options.ts'
import type { Run } from './run.ts'
import { isComplete } from './snapshot.ts'
import type { RunResult, Snapshot, StreamChunk, StreamEvent, StreamStatus } from './types.ts'

/** Milliseconds that leaving an `await using` block waits for the model to close its socket. */
const CLOSING = 100

/** The run behind a handle, for what sends it on. */
export let runOf: (stream: StructuredStream<unknown>) => Run

/**
 * A run of a model: every member may be used at any time, any number of times, by any number of consumers, each at
 * its own pace; a late one misses nothing that it could still use.
 *
 * 1. The request is read to its end, no matter which consumers read along; leaving one iterator leaves the others alone.
 * 2. Every iterator ends normally only when the run succeeded; otherwise it throws the `StructStreamError` that
 *    `getData()` rejects with.
 * 3. No promise that it hands out causes an unhandled rejection.
 */
export class StructuredStream<S = undefined> implements AsyncIterable<StreamChunk<S>>, AsyncDisposable {
  readonly #run: Run

  static {
    runOf = (stream) => stream.#run
  }

  /** @internal Use `runStream`. */
  constructor(run: Run) {
    this.#run = run
  }

  /** Text deltas as the model wrote them; with a schema, the JSON text. */
  streamText(options: TextOptions = {}): StreamIterator<string> {
    checkReadOptions(options)
    return new TextConsumer(this.#run, options)
  }

  /**
   * The growing value, one item per visible change; the last item is what `getData()` gives. A slow consumer gets the
   * newest, and what arrived in one read of the network is one item.
   */
  streamPartial(options: PartialOptions = {}): StreamIterator<PartialOf<S>> {
    checkReadOptions(options)
    return new PartialConsumer<PartialOf<S>>(this.#run, options)
  }

  /** The growing value with its circumstances: one item per change of the value or the issues, and one with `isFinal` at the end. */
  streamSnapshots(options: PartialOptions = {}): StreamIterator<Snapshot<S>> {
    checkReadOptions(options)
    return new SnapshotConsumer<S>(this.#run, options)
  }

  /** The elements of the array at `path`, each once, as soon as it is complete and valid. @defaultValue the root */
  streamElements<const P extends Path = []>(
    path?: CheckedPattern<OutputOf<S>, P>,
  ): StreamIterator<ElementAt<OutputOf<S>, P>> {
    return new ElementConsumer<ElementAt<OutputOf<S>, P>>(this.#run, checkPath(path ?? []))
  }

  /** Text of the string at `path`, unescaped, as it comes. */
  streamField<const P extends Path>(
    path: CheckedPath<OutputOf<S>, P>,
    options: FieldOptions = {},
  ): StreamIterator<string> {
    checkReadOptions(options)
    return new FieldConsumer(this.#run, checkPath(path), options)
  }

  /** Everything that happens, from the start on. */
  streamEvents(): StreamIterator<StreamEvent> {
    return new EventConsumer(this.#run)
  }

  /** Text deltas with what is known about them; the last chunk has `isFinal`, the finish reason, the usage and the data. */
  [Symbol.asyncIterator](): StreamIterator<StreamChunk<S>> {
    return new ChunkConsumer<S>(this.#run)
  }

  /** The validated value. */
  getData(): Promise<OutputOf<S>> {
    return this.#get((result) => result.data as OutputOf<S>)
  }

  /** The validated answer as JSON, before the schema's defaults and transforms; see `RunResult.json`. */
  getJson(): Promise<InputOf<S>> {
    return this.#get((result) => result.json as InputOf<S>)
  }

  /** The answer as the model wrote it. */
  getText(): Promise<string> {
    return this.#get((result) => result.text)
  }

  /** Data, text, usage, timing and what else is known at the end. */
  getResult(): Promise<RunResult<S>> {
    return this.#get((result) => result as RunResult<S>)
  }

  /** The conversation with the answer added, to be passed on as `messages`; what `system` said is not in it. */
  getMessages(): Promise<Message[]> {
    return this.#get((result) => result.messages)
  }

  /** The newest value, `undefined` before there is one. */
  get partial(): PartialOf<S> | undefined {
    return this.#run.partial() as PartialOf<S> | undefined
  }

  get status(): StreamStatus {
    return this.#run.status
  }

  /** What is certainly wrong by now. */
  get issues(): readonly Issue[] {
    const { outcome, answer } = this.#run
    return outcome?.ok === false ? (outcome.error.issues ?? []) : [...(answer?.issues ?? [])]
  }

  /** Whether the value at `path` is there, can no longer change and has no issue in it. `[]` is the root. */
  isComplete<const P extends Path>(path: CheckedPath<OutputOf<S>, P>): boolean {
    const { answer } = this.#run
    if (answer === undefined) return false
    return isComplete(checkPath(path), answer.value(), answer.circumstances())
  }

  /** Stops the request; all consumers end with `aborted`, whose `cause` is `reason`. Without effect after the end. */
  abort(reason?: unknown): void {
    const controller = new AbortController()
    controller.abort(reason)
    this.#run.abort(controller.signal.reason)
  }

  /** Stops the request if it is still running, and waits shortly for its socket to be closed. */
  async [asyncDispose](): Promise<void> {
    this.abort()
    // This timer may keep the process alive: without it, a program could end inside its own cleaning up.
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, CLOSING)
      void this.#run.closed.finally(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  #get<T>(pick: (result: RunResult) => T): Promise<T> {
    return quiet(this.#run.result().then(pick))
  }
}
