import { StructStreamError } from '../errors.ts'
import { ListenerHub, type FieldListener } from '../partial/listeners.ts'
import { LongText } from '../json/long-text.ts'
import type {
  CompiledSchema,
  Interpreter,
  InterpreterOptions,
  OpenPath,
  InterpreterHost,
} from '../partial/interpreter.ts'

/** Without a schema the answer is its text: a document whose root is one growing string. */
export const plainText: CompiledSchema<string> = {
  interpreter: (options, surroundings) => new PlainText(options, surroundings),
  resolvePath(path, use) {
    if (path.length === 0 && use !== 'elements') return []
    const message = 'Without a schema the answer is text: it has no keys and no elements. Pass a schema.'
    throw new StructStreamError('bad_options', message, { path: [...path] })
  },
  validate: (raw) => Promise.resolve({ ok: true, value: raw as string }),
}

export class PlainText implements Interpreter {
  readonly issues = []
  readonly unsure = []
  readonly repairs = []
  readonly documents = []
  readonly failure = null
  readonly hub: ListenerHub
  /** There is no schema to go by. */
  readonly node = null
  readonly options: InterpreterOptions
  readonly #text = new LongText()
  /** The same string for every look at the same text: to find two long ropes equal takes reading them. */
  #shown: string | undefined
  #isDone = false

  constructor(options: InterpreterOptions, { hub = new ListenerHub() }: InterpreterHost = {}) {
    this.options = options
    this.hub = hub
  }

  push(text: string): void {
    this.#text.add(text)
    this.#shown = undefined
    if (this.hub.wantsFields) this.hub.fieldAt(ROOT)?.(text, false)
  }

  end(): void {
    this.#isDone = true
    this.hub.completion?.([], this.#whole)
    if (this.hub.wantsFields) this.hub.fieldAt(ROOT)?.('', true)
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

  completedElements(): unknown[] {
    return []
  }

  watchField(path: readonly unknown[], listener: FieldListener): () => void {
    if (path.length > 0) return () => {}
    if (this.isStarted) listener(this.#whole, this.#isDone)
    return this.hub.addField({ path: [], listener })
  }
}

const ROOT = (): (string | number)[] => []
