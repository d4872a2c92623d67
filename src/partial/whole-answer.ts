import type {
  CompiledSchema,
  Interpreter,
  InterpreterFailure,
  InterpreterOptions,
  OpenPath,
  Repairable,
  ShownDocument,
} from './interpreter.ts'
import type { FieldListener, ListenerHub } from './listeners.ts'
import type { SchemaNode } from '../schema/node.ts'
import type { Issue, Path, Repair } from '../types.ts'

/**
 * An answer that came whole where only parts of it were expected: it takes the place of what was read before, as a
 * further document does.
 */
export class WholeAnswer implements Interpreter {
  readonly hub: ListenerHub
  readonly node: SchemaNode
  readonly options: InterpreterOptions
  readonly #base: Repairable
  readonly #raw: unknown
  readonly #whole: Interpreter
  readonly #documents: ShownDocument[]
  #isRead = false

  /** `raw` is plain data in the user's shape, which `compiled` reads; it begins at offset `start` of the text. */
  constructor(base: Repairable, { raw, compiled }: { raw: unknown; compiled: CompiledSchema }, start: number) {
    this.#base = base
    this.#raw = raw
    this.hub = base.hub
    this.node = base.node
    this.options = base.options
    this.#whole = compiled.interpreter({ ...base.options, documents: 'one' }, { hub: base.hub })
    this.#documents = [...base.documents]
    this.#start = start
  }

  readonly #start: number

  /** Its text has been read already. */
  push(): void {}

  end(): void {
    if (this.#isRead) return
    this.#isRead = true
    const reason = 'The model returned the whole answer instead of the parts.'
    this.#documents.push({ start: this.#start, from: this.#start, rows: [], reason })
    this.#whole.push(JSON.stringify(this.#raw))
    this.#whole.end()
  }

  get #shown(): Interpreter {
    return this.#isRead ? this.#whole : this.#base
  }

  get documents(): readonly ShownDocument[] {
    return this.#documents
  }
  get isDone(): boolean {
    return this.#isRead
  }
  get isStarted(): boolean {
    return this.#shown.isStarted
  }
  get issues(): readonly Issue[] {
    return this.#isRead ? this.#whole.issues : []
  }
  get unsure(): readonly Path[] {
    return this.#shown.unsure
  }
  get repairs(): readonly Repair[] {
    return this.#base.repairs
  }
  get failure(): InterpreterFailure | null {
    return this.#isRead ? this.#whole.failure : null
  }
  snapshot(exact?: boolean): unknown {
    return this.#shown.snapshot(exact)
  }
  openPlace(): OpenPath | null {
    return this.#shown.openPlace()
  }
  raw(): unknown {
    return structuredClone(this.#raw)
  }
  written(): unknown {
    return this.#raw
  }
  completedElements(path: Path): unknown[] {
    return this.#shown.completedElements(path)
  }
  watchField(path: Path, listener: FieldListener): () => void {
    return this.#whole.watchField(path, listener)
  }
}
