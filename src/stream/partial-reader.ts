import { StructStreamError, withDetails } from '../errors.ts'
import type { CompiledSchema } from '../partial/interpreter.ts'
import type { InputOf, OutputOf, PartialOf } from '../schema/types.ts'
import type { CheckedPath, Path } from '../path.ts'
import type { Issue, Repair } from '../types.ts'
import { Answer } from './answer.ts'
import { documentErrorOf, validateAnswer } from './driver/validate-answer.ts'
import { RunawayDetector } from './limits/runaway-output.ts'
import { bad, show } from './options/checks.ts'
import { checkPath, checkReadOptions } from './options/read-options.ts'
import type { RunSettings } from './options/run-options.ts'
import { isComplete } from './snapshot.ts'

/**
 * Reads one growing document. Everything but `end()` is synchronous: what `push` was given is in the next `snapshot`.
 *
 * 1. Within a document each value only grows, and ends as the data (for schemas that do not transform).
 * 2. Unchanged parts stay the same objects, and a value that was handed out never changes.
 * 3. A snapshot that nothing visible has changed since is the same object.
 */
export interface PartialReader<S = undefined> {
  /** More of the text, cut anywhere. @throws `bad_options` after `end()`, and for anything but a string */
  push(text: string): void
  /** The value so far, `undefined` before there is one. `exact` never lags, also in very wide containers. */
  snapshot(options?: { exact?: boolean | undefined }): PartialOf<S> | undefined
  /** The same as `snapshot()`. */
  readonly value: PartialOf<S> | undefined
  /** What is certainly wrong by now. */
  readonly issues: readonly Issue[]
  /** What was repaired so far. */
  readonly repairs: readonly Repair[]
  /** Whether the value at `path` is there, can no longer change and has no issue in it. `[]` is the root. */
  isComplete<const P extends Path>(path: CheckedPath<OutputOf<S>, P>): boolean
  /** The text is over: validates it by the whole schema. Rejects with the error that a run would end in. */
  end(): Promise<{ data: OutputOf<S>; json: InputOf<S>; repairs: readonly Repair[] }>
}

/** The reader over a compiled schema. */
export class TextReader<S> implements PartialReader<S> {
  readonly #answer: Answer
  readonly #detector: RunawayDetector
  /** A limit was passed: what follows is not read. */
  #failure: StructStreamError | undefined
  #end: ReturnType<PartialReader<S>['end']> | undefined

  constructor(compiled: CompiledSchema, { repair, limits }: Pick<RunSettings, 'repair' | 'limits'>) {
    this.#answer = new Answer(1, compiled, { repair, ...limits })
    this.#answer.runRules()
    this.#detector = new RunawayDetector(limits)
  }

  push(text: string): void {
    if (typeof text !== 'string') throw bad(`push() expects a string, got ${show(text)}.`)
    if (this.#end !== undefined) throw bad('push() was called after end(). Open a new reader for a further document.')
    if (text === '' || this.#failure !== undefined) return
    const passed = this.#detector.push(text)
    this.#answer.deltas.push(text)
    if (this.#answer.hasRules) this.#answer.read()
    if (passed !== null)
      this.#failure = new StructStreamError('limit_exceeded', `The text was given up: it holds ${passed}.`)
  }

  snapshot(options: { exact?: boolean | undefined } = {}): PartialOf<S> | undefined {
    checkReadOptions(options)
    return this.#answer.value(options.exact) as PartialOf<S> | undefined
  }

  get value(): PartialOf<S> | undefined {
    return this.snapshot()
  }

  get issues(): readonly Issue[] {
    return [...this.#answer.issues]
  }

  get repairs(): readonly Repair[] {
    return [...this.#answer.repairs]
  }

  isComplete(path: Path): boolean {
    return isComplete(checkPath(path), this.#answer.value(), this.#answer.circumstances())
  }

  /** Gives `listener` the elements of the root array: those complete already, then each as it completes. Returns what stops it. */
  watchElements(listener: (element: unknown) => void): () => void {
    return this.#answer.watchElements([], listener)
  }

  /** How often another document of the text has taken the place of the one before. Who watches begins again then. */
  get replacements(): number {
    return this.#answer.replacements
  }

  end(): ReturnType<PartialReader<S>['end']> {
    return (this.#end ??= this.#finish())
  }

  async #finish(): ReturnType<PartialReader<S>['end']> {
    const answer = this.#answer
    const { compiled } = answer
    answer.read()
    const error = answer.error ?? this.#failure ?? documentErrorOf(answer, 'The text') ?? answer.error
    if (error !== undefined) throw this.describe(error)
    const verdict = await validateAnswer(answer, compiled)
    if (!verdict.ok) throw this.describe(verdict.error)
    const { value, raw } = verdict
    answer.settle(value)
    return { data: value as OutputOf<S>, json: (compiled.known?.(raw) ?? raw) as InputOf<S>, repairs: this.repairs }
  }

  /** The error with what had arrived. */
  describe(error: StructStreamError): StructStreamError {
    const answer = this.#answer
    return withDetails(error, {
      text: answer.deltas.text,
      partial: answer.value(true),
      issues: answer.issuesWithValues(),
    })
  }
}
