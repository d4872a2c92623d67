import { NONE } from '../../async/consumer.ts'
import { Timer } from '../../async/timer.ts'
import type { Answer } from '../answer.ts'
import type { Attempt } from '../attempt.ts'
import type { Run } from '../run.ts'
import type { StreamChunk } from '../types.ts'
import { RunConsumer } from './run-consumer.ts'
import { Smoothing, type SmoothOptions, type SmoothUnit } from './smoothing.ts'

/** A place in the text of a run, answer by answer. */
class TextCursor {
  /** How many deltas of `answer` were taken. */
  at = 0
  readonly #run: Run
  #index = 0

  constructor(run: Run) {
    this.#run = run
  }

  /** The answer that has deltas from `at` on, if there is one now. */
  answer(): Answer | undefined {
    const { answers } = this.#run
    for (;;) {
      const answer = answers[this.#index]
      if (answer === undefined || this.at < answer.deltas.count) return answer
      if (this.#index + 1 >= answers.length) return undefined
      this.#index++
      this.at = 0
    }
  }
}

export interface TextOptions {
  /** Give the whole text so far instead of what is new; a slow consumer gets the newest only. @defaultValue false */
  cumulative?: boolean | undefined
  /** Milliseconds to gather deltas, from the first one on, into one item. @defaultValue 0: each delta as it came */
  debounce?: number | undefined
  /** Cut the text into characters, words or lines, however it came; with a `delay`, as a typewriter does. Not for `cumulative`. */
  smooth?: SmoothUnit | SmoothOptions | undefined
}

/** Text deltas as the model wrote them. */
export class TextConsumer extends RunConsumer<string> {
  readonly #cursor: TextCursor
  readonly #isCumulative: boolean
  readonly #debounce: number
  readonly #gathering = new Timer()
  #isGathered = false
  readonly #smoothing: Smoothing | undefined

  constructor(run: Run, { cumulative = false, debounce = 0, smooth }: TextOptions) {
    super(run)
    if (smooth !== undefined) this.#smoothing = new Smoothing(smooth, () => this.notify())
    this.#cursor = new TextCursor(run)
    this.#isCumulative = cumulative
    this.#debounce = debounce
  }

  protected override take(): string | typeof NONE {
    const { outcome } = this.run
    if (this.#smoothing === undefined) return this.#delta()
    return this.#smoothing.take(() => this.#delta(), outcome !== undefined, outcome?.ok === false)
  }

  protected override get isPausing(): boolean {
    return this.#smoothing?.isPausing === true
  }

  protected override close(): void {
    this.#gathering.stop()
    this.#smoothing?.close()
  }

  #delta(): string | typeof NONE {
    const answer = this.#cursor.answer()
    if (answer === undefined || !this.#isDue()) return NONE
    const { deltas } = answer
    const { at } = this.#cursor
    const isWhole = this.#isCumulative || this.#debounce > 0
    this.#cursor.at = isWhole ? deltas.count : at + 1
    if (this.#isCumulative) return deltas.text
    return isWhole ? deltas.from(at) : deltas.at(at)
  }

  #isDue(): boolean {
    if (this.#debounce === 0 || this.#isGathered || this.run.isOver) {
      this.#isGathered = false
      return true
    }
    if (!this.#gathering.isRunning) {
      this.#gathering.start(this.#debounce, () => {
        this.#isGathered = true
        this.notify()
      })
    }
    return false
  }
}

/** Text deltas with what is known about them, and a last chunk with what is known at the end. */
export class ChunkConsumer<S> extends RunConsumer<StreamChunk<S>> {
  readonly #cursor: TextCursor
  #index = 0
  #isFinished = false

  constructor(run: Run) {
    super(run)
    this.#cursor = new TextCursor(run)
  }

  protected override take(): StreamChunk<S> | typeof NONE {
    const answer = this.#cursor.answer()
    if (answer === undefined) return NONE
    const place = this.#cursor.at++
    return this.#chunk(this.run.attempts[answer.attemptOf(place) - 1]!, answer.deltas.at(place), false)
  }

  protected override last(): StreamChunk<S> | typeof NONE {
    const { outcome } = this.run
    if (this.#isFinished || outcome?.ok !== true) return NONE
    this.#isFinished = true
    const { data, finishReason, usage, files, model } = outcome.result
    return {
      ...this.#chunk(this.run.attempts.at(-1)!, '', true),
      finishReason,
      model,
      usage,
      files,
      data: data as StreamChunk<S>['data'] & {},
    }
  }

  #chunk(attempt: Attempt, delta: string, isFinal: boolean): StreamChunk<S> {
    const { requestId } = attempt
    const sessionId = this.run.turn?.id
    return {
      index: this.#index++,
      delta,
      isFinal,
      model: attempt.modelId,
      ...(sessionId !== undefined && { sessionId }),
      metadata: {
        provider: attempt.model.provider,
        attempt: attempt.number,
        ...(requestId !== undefined && { requestId }),
      },
    }
  }
}
