import type { CompletionListener, FieldListener } from '../partial/listeners.ts'
import { LongText } from '../json/long-text.ts'
import type { CompiledSchema, Interpreter, OpenPath } from '../partial/interpreter.ts'

/** Without a schema the answer is its text: a document whose root is one growing string. */
export const plainText: CompiledSchema<string> = {
  interpreter: () => new PlainText(),
  validate: (raw) => Promise.resolve({ ok: true, value: raw as string }),
}

export class PlainText implements Interpreter {
  readonly issues = []
  readonly unsure = []
  readonly repairs = []
  readonly documents = []
  readonly failure = null
  readonly #watchers = new Set<FieldListener>()
  readonly #text = new LongText()
  /** The same string for every look at the same text: to find two long ropes equal takes reading them. */
  #shown: string | undefined
  #isDone = false
  #listener: CompletionListener | null = null

  push(text: string): void {
    this.#text.add(text)
    this.#shown = undefined
    for (const watcher of this.#watchers) watcher(text, false)
  }

  end(): void {
    this.#isDone = true
    this.#listener?.([], this.#whole)
    for (const watcher of this.#watchers) watcher('', true)
  }

  snapshot(): unknown {
    return this.isStarted ? this.#whole : undefined
  }

  get #whole(): string {
    return (this.#shown ??= this.#text.whole)
  }

  openPlace(): OpenPath | null {
    return this.isStarted && !this.#isDone ? { path: [], isAmbiguous: false } : null
  }

  get isDone(): boolean {
    return this.#isDone
  }

  get isStarted(): boolean {
    return !this.#text.isEmpty || this.#isDone
  }

  raw(): unknown {
    return this.#whole
  }

  written(): unknown {
    return this.#whole
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
    if (this.isStarted) listener(this.#whole, this.#isDone)
    this.#watchers.add(listener)
    return () => void this.#watchers.delete(listener)
  }
}
