import { NONE } from '../../async/consumer.ts'
import type { Path } from '../../types.ts'
import type { Answer } from '../answer.ts'
import type { Run } from '../run.ts'
import { RunConsumer } from './run-consumer.ts'
import { Smoothing, type SmoothOptions, type SmoothUnit } from './smoothing.ts'

/** What happens at one place of the value. A new attempt's answer, or another document of the answer, begins again. */
abstract class PathConsumer<T> extends RunConsumer<T> {
  protected readonly path: Path
  #answer: Answer | undefined
  #replacements = 0
  #stop: (() => void) | undefined

  constructor(run: Run, path: Path) {
    super(run)
    this.path = path
  }

  /** Watch the place, and forget what was gathered before; returns what stops it. */
  protected abstract watch(answer: Answer): () => void

  /** Brings what is gathered up to date. */
  protected update(): void {
    const { answer } = this.run
    const replacements = answer?.replacements ?? 0
    if (answer === this.#answer && replacements === this.#replacements) return
    this.close()
    this.#answer = answer
    this.#replacements = replacements
    if (answer !== undefined) this.#stop = this.watch(answer)
  }

  protected override close(): void {
    this.#stop?.()
    this.#stop = undefined
  }
}

/**
 * The elements of one array, each once, when it is complete and valid; those that only the final validation could judge
 * come after it.
 */
export class ElementConsumer<T> extends PathConsumer<T> {
  #elements: T[] = []
  #taken = 0
  /** Indexes of the elements that came before the end. */
  #known = new Set<number>()
  /** What is left for the end. */
  #rest: T[] | undefined

  protected override watch(answer: Answer): () => void {
    this.#elements = []
    this.#taken = 0
    this.#known = new Set()
    return answer.watchElements(this.path, (element, index) => {
      this.#known.add(index)
      this.#elements.push(element as T)
    })
  }

  protected override take(): T | typeof NONE {
    this.update()
    if (this.#taken < this.#elements.length) return this.#elements[this.#taken++]!
    this.#elements = []
    this.#taken = 0
    return NONE
  }

  protected override last(): T | typeof NONE {
    this.#rest ??= this.run.answer!.elementsExcept(this.path, this.#known).toReversed() as T[]
    return this.#rest.length > 0 ? this.#rest.pop()! : NONE
  }
}

export interface FieldOptions {
  /** Cut the text into characters, words or lines, however it came; with a `delay`, as a typewriter does. */
  smooth?: SmoothUnit | SmoothOptions | undefined
}

/** The text of one string; what came since the last item is one delta. */
export class FieldConsumer extends PathConsumer<string> {
  readonly #smoothing: Smoothing | undefined
  #text = ''

  constructor(run: Run, path: Path, { smooth }: FieldOptions) {
    super(run, path)
    if (smooth !== undefined) this.#smoothing = new Smoothing(smooth, () => this.notify())
  }

  protected override watch(answer: Answer): () => void {
    this.#text = ''
    this.#smoothing?.reset()
    return answer.watchField(this.path, (piece) => {
      this.#text += piece
    })
  }

  protected override take(): string | typeof NONE {
    this.update()
    const { outcome } = this.run
    if (this.#smoothing === undefined) return this.#delta()
    return this.#smoothing.take(() => this.#delta(), outcome !== undefined, outcome?.ok === false)
  }

  protected override get isPausing(): boolean {
    return this.#smoothing?.isPausing === true
  }

  protected override close(): void {
    super.close()
    this.#smoothing?.close()
  }

  #delta(): string | typeof NONE {
    const text = this.#text
    this.#text = ''
    return text === '' ? NONE : text
  }
}
