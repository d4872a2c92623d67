import { NONE } from '../../../async/consumer.ts'
import type { PartialOf } from '../../../schema/types.ts'
import { RunConsumer } from '../../../stream/consumers/run-consumer.ts'
import type { Run } from '../../../stream/run.ts'
import { takeSnapshot } from '../../../stream/snapshot.ts'
import { runOf, type StructuredStream } from '../../../stream/structured-stream.ts'
import type { GeneratedFile, Issue } from '../../../types.ts'
import { EMPTY, type Circumstance } from './field.ts'
import { ShownToolCalls, type ShownToolCall } from './shown-tool-calls.ts'

/** What there is of a run: its answer, and what comes alongside it. */
export interface RunContent<S = undefined> extends Circumstance<S> {
  /** The answer as the model wrote it. */
  readonly text: string
  /** Of all attempts, a blank line between two of them. */
  readonly reasoning: string
  readonly toolCalls: readonly ShownToolCall[]
  /** Those that the model made. */
  readonly files: readonly GeneratedFile[]
}

/** Gives an item whenever anything has come. */
class ArrivalConsumer extends RunConsumer<true> {
  #entries = 0
  #deltas = 0

  protected override take(): true | typeof NONE {
    const { entries } = this.run.log
    const last = entries.at(-1)
    const deltas = last?.type === 'deltas' ? last.to : 0
    if (entries.length === this.#entries && deltas === this.#deltas) return NONE
    this.#entries = entries.length
    this.#deltas = deltas
    return true
  }
}

/** The content of one run, read when someone looks. What hasn't changed since the last look is the same object. */
export class RunView<S> {
  readonly #run: Run
  readonly #calls: ShownToolCalls
  #issues: readonly Issue[] = EMPTY
  #files: readonly GeneratedFile[] = EMPTY

  constructor(stream: StructuredStream<S>) {
    this.#run = runOf(stream)
    this.#calls = new ShownToolCalls(this.#run)
  }

  /** Gives an item whenever anything has come; ends as the run does. */
  arrivals(): AsyncIterable<true> {
    return new ArrivalConsumer(this.#run)
  }

  /** What there is now. Before a value has come, the circumstances of one are left out. */
  read(): Partial<RunContent<S>> {
    const { answer, status } = this.#run
    const value = answer?.value()
    if (answer === undefined || value === undefined) return this.aside()
    const { issues, isComplete } = takeSnapshot<S>(answer, value, status)
    return { ...this.aside(), partial: value as PartialOf<S>, issues: this.known(issues), isComplete }
  }

  /** What there is now alongside the answer, and its text. */
  aside(): Pick<RunContent, 'text' | 'reasoning' | 'toolCalls' | 'files'> {
    const { attempts, answers, outcome } = this.#run
    const files = attempts.flatMap((attempt) => attempt.files)
    if (files.length > this.#files.length) this.#files = files
    return {
      // After a restart the text of the attempt before stays until more comes.
      text:
        outcome?.ok === true
          ? outcome.result.text
          : (answers.findLast(({ deltas }) => deltas.count > 0)?.deltas.text ?? ''),
      reasoning: attempts
        .map(({ reasoning }) => reasoning.text)
        .filter((text) => text !== '')
        .join('\n\n'),
      toolCalls: this.#calls.read(outcome !== undefined),
      files: this.#files,
    }
  }

  /** The issues that are known already, if these are the same. */
  known(issues: readonly Issue[]): readonly Issue[] {
    const known = this.#issues
    const isSame = known.length === issues.length && known.every((issue, index) => issue === issues[index])
    return isSame ? known : (this.#issues = issues)
  }
}
