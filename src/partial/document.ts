import { IncrementalJsonParser } from '../json/parser.ts'
import { JsonError } from '../json/errors.ts'
import type { TokenSink } from '../json/sink.ts'
import { Tokenizer } from '../json/tokenizer.ts'
import { ABSENT, type RelativeIssue, type SchemaNode } from '../schema/node.ts'
import type { Issue, Path, Repair } from '../types.ts'
import type { CursorContext } from './context.ts'
import { Cursor } from './cursor.ts'
import { DocumentFinder } from './find-document.ts'
import type { CompletionListener, FieldListener, Interpreter, InterpreterFailure, InterpreterOptions, OpenPlace } from './interpreter.ts'
import { ObserverHub, startsWith, valueAt } from './observer-hub.ts'

/** A provider's shape that differs from the user's: `sink` translates while streaming, `decode` whole values. */
export interface Decoding {
  sink(inner: TokenSink): TokenSink
  decode(value: unknown): unknown
}

/** The `Interpreter` of structured answers: finder → tokenizer → (decoding) → cursor. */
export class DocumentInterpreter implements Interpreter, CursorContext {
  readonly issues: Issue[] = []
  readonly unsure: Path[] = []
  readonly repairs: Repair[] = []
  failure: InterpreterFailure | null = null
  readonly observers = new ObserverHub()
  readonly lanes = { open: 0 }

  readonly #options: InterpreterOptions
  readonly #decoding: Decoding | null
  readonly #cursor: Cursor
  readonly #tokenizer: Tokenizer
  readonly #finder: DocumentFinder | null
  readonly #text: string[] = []
  #open: OpenPlace | null = null
  #value: unknown = ABSENT

  constructor(node: SchemaNode, decoding: Decoding | null, options: InterpreterOptions) {
    this.#options = options
    this.#decoding = decoding
    this.#cursor = new Cursor(node, this)
    this.#tokenizer = new Tokenizer(decoding === null ? this.#cursor : decoding.sink(this.#cursor), { maxDepth: options.maxDepth })
    this.#finder = options.repair ? new DocumentFinder(node.accepts, (repair) => this.repairs.push(repair)) : null
  }

  get isDone(): boolean {
    return this.#tokenizer.isDone
  }

  get isStarted(): boolean {
    return this.#text.length > 0
  }

  push(text: string): void {
    if (this.failure !== null) return
    const found = this.#finder === null ? text : this.#finder.push(text, this.#tokenizer.isDone)
    if (found === '') return
    this.#text.push(found)
    this.#guard(() => this.#tokenizer.push(found))
  }

  end(): void {
    if (this.failure !== null || this.#text.length === 0 || this.#tokenizer.isDone) return
    // A number at the root ends with the text; anything else that is open is judged by the finish reason.
    try {
      this.#tokenizer.end()
    } catch (error) {
      if (!(error instanceof JsonError)) throw error
    }
  }

  #guard(step: () => void): void {
    try {
      step()
    } catch (error) {
      if (!(error instanceof JsonError)) throw error
      const { code, message, position } = error
      if (code !== 'malformed_json' && code !== 'limit_exceeded') throw error
      this.failure ??= { code, message, position: this.#offset(position ?? 0), path: [...(this.#cursor.openPlace()?.path ?? [])] }
    }
  }

  #offset(position: number): number {
    return position + (this.#finder?.start ?? 0)
  }

  snapshot(exact = false): unknown {
    const value = this.#cursor.snapshot(exact)
    if (value !== this.#value || this.#cursor.isDone) {
      this.#value = value
      this.#open = this.#cursor.openPlace()
    }
    return value === ABSENT ? undefined : value
  }

  openPlace(): OpenPlace | null {
    return this.#open
  }

  raw(): unknown {
    const text = this.#text.join('')
    const value = parseWhole(text, this.#options.maxDepth)
    return this.#decoding === null ? value : this.#decoding.decode(value)
  }

  onComplete(listener: CompletionListener | null): void {
    this.observers.completion = listener
  }

  watchElements(path: Path, listener: (element: unknown, index: number) => void): () => void {
    return this.observers.addElements({ path, listener })
  }

  completedElements(path: Path): unknown[] {
    const array = valueAt(this.snapshot(true), path)
    if (!Array.isArray(array)) return []
    const open = this.#open
    if (open?.isAmbiguous === true && startsWith(path, open.path)) return []
    const isOpen = open !== null && startsWith(open.path, path) && open.path.length > path.length
    const end = isOpen ? (open.path[path.length] as number) : array.length
    const blamed = [...this.issues.map((issue) => issue.path), ...this.unsure]
    const isSound = (index: number) => !blamed.some((place) => startsWith(place, [...path, index]))
    return array.slice(0, end).filter((_, index) => isSound(index))
  }

  watchField(path: Path, listener: FieldListener): () => void {
    const value = valueAt(this.snapshot(true), path)
    const isOpen = this.#open !== null && startsWith(this.#open.path, path)
    if (typeof value === 'string' && !isOpen) {
      listener(value, true)
      return () => {}
    }
    const stop = this.observers.addField({ path, listener })
    if (typeof value === 'string') {
      listener(value, false)
      this.#cursor.watchOpenField()
    }
    return stop
  }

  /* CursorContext */

  position(): number {
    return this.#offset(this.#tokenizer.position)
  }

  report(issue: RelativeIssue): void {
    this.issues.push({ ...issue, position: this.position() })
    const { maxIssues } = this.#options
    if (this.issues.length < maxIssues) return
    this.failure ??= {
      code: 'limit_exceeded',
      message: `The answer has ${maxIssues} issues (limits.maxIssues): it was given up.`,
      position: this.position(),
      path: issue.path,
    }
  }

  reportUnsure(path: (string | number)[]): void {
    this.unsure.push(path)
  }
}

/**
 * `JSON.parse` where it can be trusted: on Node 24 it returns wrong keys where keys hold escapes
 * (nodejs/node#63785), so a text with a backslash goes through our own parser.
 */
function parseWhole(text: string, maxDepth: number): unknown {
  if (!text.includes('\\')) return JSON.parse(text)
  const parser = new IncrementalJsonParser({ maxDepth })
  parser.push(text)
  return parser.end()
}
