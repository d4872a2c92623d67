import type {
  CompiledSchema,
  Interpreter,
  InterpreterOptions,
  OpenPath,
  Repairable,
  ShownDocument,
} from '../../partial/interpreter.ts'
import { ListenerHub, type FieldListener } from '../../partial/listeners.ts'
import { valueAt, type Path } from '../../path.ts'
import { isComplete } from '../../stream/snapshot.ts'
import type { Issue, Repair } from '../../types.ts'

/**
 * Used when the client can't place the server's parts (`joinParts`). Keeps showing the old value, then replaces it with
 * the whole answer and notifies listeners of what changed.
 */
export class ReplacedAnswer implements Interpreter {
  readonly failure = null
  readonly hub: ListenerHub
  /** What the server did to it can't be repeated here. */
  readonly node = null
  readonly options: InterpreterOptions
  readonly #base: Repairable
  #arrived: { raw: unknown; compiled: CompiledSchema } | undefined
  #whole: Interpreter | undefined

  constructor(base: Repairable) {
    this.#base = base
    this.hub = base.hub
    this.options = base.options
  }

  get #shown(): Interpreter {
    return this.#whole ?? this.#base
  }

  /** What `end()` puts in place: the answer as plain data, in the user's shape, which `compiled` reads. */
  arrive(raw: unknown, compiled: CompiledSchema): void {
    this.#arrived = { raw, compiled }
  }

  push(): void {}

  end(): void {
    if (this.#arrived === undefined) return
    const { raw, compiled } = this.#arrived
    const { hub, options, issues, unsure } = this.#base
    const before = this.#base.snapshot(true)
    const known = { open: this.#base.openPlace(), issues, unsure }
    const isNew = (path: Path): boolean => !isComplete(path, before, known)
    const heard = new ListenerHub()
    heard.completion = (path, value) => {
      if (isNew(path)) hub.completed(path, value)
    }
    const whole = compiled.interpreter(options, { hub: heard })
    whole.push(JSON.stringify(raw))
    whole.end()
    heard.completion = null
    for (const { path, listener } of hub.fields) {
      if (valueAt(before, path) === undefined) whole.watchField(path, listener)()
    }
    this.#whole = whole
  }

  snapshot(exact?: boolean): unknown {
    return this.#shown.snapshot(exact)
  }
  openPlace(): OpenPath | null {
    return this.#whole === undefined ? { path: [], isAmbiguous: false } : this.#whole.openPlace()
  }
  get documents(): readonly ShownDocument[] {
    return this.#base.documents
  }
  get isDone(): boolean {
    return this.#whole !== undefined
  }
  get isStarted(): boolean {
    return this.#base.isStarted
  }
  get issues(): readonly Issue[] {
    return this.#whole?.issues ?? []
  }
  get unsure(): readonly Path[] {
    return this.#shown.unsure
  }
  get repairs(): readonly Repair[] {
    return this.#base.repairs
  }
  raw(): unknown {
    return this.#shown.raw()
  }
  written(): unknown {
    return this.#shown.written()
  }
  completedElements(path: Path): unknown[] {
    return this.#shown.completedElements(path)
  }
  watchField(path: Path, listener: FieldListener): () => void {
    return this.#base.watchField(path, listener)
  }
}
