import { NONE } from '../../async/consumer.ts'
import type { PathUse } from '../../partial/resolve-path.ts'
import type { Path, PathPattern } from '../../path.ts'
import type { Answer } from '../answer.ts'
import type { Run } from '../run.ts'
import { RunConsumer } from './run-consumer.ts'
import { Smoothing, type SmoothOptions, type SmoothUnit } from './smoothing.ts'

/** What happens at one place of the value. A new attempt's answer, or another document of the answer, begins again. */
abstract class PathConsumer<T> extends RunConsumer<T> {
  readonly #path: Path
  readonly #use: PathUse
  #answer: Answer | undefined
  #replacements = 0
  #stop: (() => void) | undefined
  /** The path as it is in the present answer. */
  protected pattern: PathPattern = []

  constructor(run: Run, path: Path, use: PathUse) {
    super(run)
    this.#path = path
    this.#use = use
  }

  /** Watch the place, and forget what was gathered before; returns what stops it. */
  protected abstract watch(answer: Answer, path: PathPattern): () => void

  /** Brings what is gathered up to date. */
  protected update(): void {
    const { answer } = this.run
    const replacements = answer?.replacements ?? 0
    if (answer === this.#answer && replacements === this.#replacements) return
    this.close()
    this.#answer = answer
    this.#replacements = replacements
    if (answer === undefined) return
    this.pattern = answer.compiled.resolvePath(this.#path, this.#use)
    this.#stop = this.watch(answer, this.pattern)
  }

  protected override close(): void {
    this.#stop?.()
    this.#stop = undefined
  }
}

/**
 * The elements of one array, or of all that a pattern names, each once, when it is complete and valid; those that only
 * the final validation could judge come at the end.
 */
export class ElementConsumer<T> extends PathConsumer<T> {
  #elements: T[] = []
  #taken = 0
  /** Paths of the elements that came before the end. */
  #known = new Set<string>()
  /** What is left for the end. */
  #rest: T[] | undefined

  constructor(run: Run, path: Path) {
    super(run, path, 'elements')
  }

  protected override watch(answer: Answer, path: PathPattern): () => void {
    this.#elements = []
    this.#taken = 0
    this.#known = new Set()
    return answer.watchElements(path, (element, place) => {
      this.#known.add(JSON.stringify(place))
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
    const isKnown = (place: Path): boolean => this.#known.has(JSON.stringify(place))
    this.#rest ??= this.run.answer!.elementsExcept(this.pattern, isKnown).toReversed() as T[]
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
    super(run, path, 'field')
    if (smooth !== undefined) this.#smoothing = new Smoothing(smooth, () => this.notify())
  }

  protected override watch(answer: Answer, path: PathPattern): () => void {
    this.#text = ''
    this.#smoothing?.reset()
    return answer.watchField(path as Path, (piece) => {
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
