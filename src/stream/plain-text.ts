import type {
  CompiledSchema,
  CompletionListener,
  FieldListener,
  Interpreter,
  OpenPlace,
} from '../partial/interpreter.ts'

/** Without a schema the answer is its text: a document whose root is one growing string. */
export const plainText: CompiledSchema<string> = {
  interpreter: () => new PlainText(),
  validate: (raw) => Promise.resolve({ ok: true, value: raw as string }),
}

class PlainText implements Interpreter {
  readonly issues = []
  readonly unsure = []
  readonly repairs = []
  readonly failure = null
  readonly #watchers = new Set<FieldListener>()
  #text = ''
  #isDone = false
  #listener: CompletionListener | null = null

  push(text: string): void {
    this.#text += text
    for (const watcher of this.#watchers) watcher(text, false)
  }

  end(): void {
    this.#isDone = true
    this.#listener?.([], this.#text)
    for (const watcher of this.#watchers) watcher('', true)
  }

  snapshot(): unknown {
    return this.isStarted ? this.#text : undefined
  }

  openPlace(): OpenPlace | null {
    return this.isStarted && !this.#isDone ? { path: [], isAmbiguous: false } : null
  }

  get isDone(): boolean {
    return this.#isDone
  }

  get isStarted(): boolean {
    return this.#text !== '' || this.#isDone
  }

  raw(): unknown {
    return this.#text
  }

  onComplete(listener: CompletionListener | null): void {
    this.#listener = listener
  }

  watchElements(): () => void {
    return () => {}
  }

  completedElements(): unknown[] {
    return []
  }

  watchField(path: readonly unknown[], listener: FieldListener): () => void {
    if (path.length > 0) return () => {}
    if (this.isStarted) listener(this.#text, this.#isDone)
    this.#watchers.add(listener)
    return () => void this.#watchers.delete(listener)
  }
}
