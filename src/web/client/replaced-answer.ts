import type { CompletionListener, FieldListener } from '../../partial/listeners.ts'
import type { CompiledSchema, Interpreter, OpenPath, Repairable, ShownDocument } from '../../partial/interpreter.ts'
import { valueAt } from '../../partial/listeners.ts'
import { isComplete } from '../../stream/snapshot.ts'
import type { Issue, Path, Repair } from '../../types.ts'

/**
 * Used when the client can't place the server's parts (`joinParts`). Keeps showing the old value, then replaces it with
 * the whole answer and notifies listeners of what changed.
 */
export class ReplacedAnswer implements Interpreter {
  readonly failure = null
  readonly #base: Repairable
  #arrived: { raw: unknown; compiled: CompiledSchema } | undefined
  #whole: Interpreter | undefined

  constructor(base: Repairable) {
    this.#base = base
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
    const whole = compiled.interpreter(options)
    whole.onComplete((path, value) => {
      if (isNew(path)) hub.completed(path, value)
    })
    whole.push(JSON.stringify(raw))
    whole.end()
    whole.onComplete(null)
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
  onComplete(listener: CompletionListener | null): void {
    this.#base.onComplete(listener)
  }
  watchElements(path: Path, listener: (element: unknown, index: number) => void): () => void {
    return this.#base.watchElements(path, listener)
  }
  completedElements(path: Path): unknown[] {
    return this.#shown.completedElements(path)
  }
  watchField(path: Path, listener: FieldListener): () => void {
    return this.#base.watchField(path, listener)
  }
}
