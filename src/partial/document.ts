import { ABSENT, EVERYTHING, type SchemaNode } from '../schema/node.ts'
import type { Issue, Path, Repair } from '../types.ts'
import { Candidate, type Decoding } from './candidate.ts'
import { DocumentFinder } from './find-document.ts'
import type {
  CompletionListener,
  FieldListener,
  Interpreter,
  InterpreterFailure,
  InterpreterOptions,
  OpenPlace,
} from './interpreter.ts'
import { ObserverHub, startsWith, valueAt } from './observer-hub.ts'

/** A failure this early after other text means that this was no document. */
const FALSE_START = 256

/**
 * The `Interpreter` of structured answers: finder → reader → (decoding) → cursor. Of several complete documents
 * the last one that fits the schema counts.
 */
export class DocumentInterpreter implements Interpreter {
  readonly repairs: Repair[] = []

  readonly #node: SchemaNode
  readonly #decoding: Decoding | null
  readonly #options: InterpreterOptions
  readonly #observers = new ObserverHub()
  #finder: DocumentFinder | null
  #current: Candidate | null = null
  /** A further document, which takes over if it ends and fits. */
  #next: Candidate | null = null
  #nextRepairs: Repair[] = []
  #isCertain = true
  #afterFinder: DocumentFinder | null = null
  #after: Repair | null = null
  #length = 0
  #open: OpenPlace | null = null

  constructor(node: SchemaNode, decoding: Decoding | null, options: InterpreterOptions) {
    this.#node = node
    this.#decoding = decoding
    this.#options = options
    this.#finder = options.repair ? new DocumentFinder(this.#accepts) : null
  }

  get isDone(): boolean {
    return this.#current?.isDone === true
  }
  get isStarted(): boolean {
    return this.#current !== null
  }
  get issues(): readonly Issue[] {
    return this.#current?.issues ?? NOTHING_YET
  }
  get unsure(): readonly Path[] {
    return this.#current?.unsure ?? NOTHING_YET
  }
  get failure(): InterpreterFailure | null {
    return this.#current?.failure ?? null
  }

  push(text: string): void {
    if (this.failure !== null || text === '') return
    const from = this.#length
    this.#length += text.length
    if (this.#finder === null) {
      this.#current ??= this.#candidate(from, false)
      this.#current.push(text)
    } else if (this.#current === null) this.#search(text)
    else if (this.#current.isDone) this.#readAfter(text, from)
    else {
      this.#current.push(text)
      this.#afterPush()
    }
  }

  end(): void {
    this.#current?.end()
    if (this.#next !== null) {
      this.#next.end()
      this.#considerNext()
    }
  }

  #candidate(start: number, isNext: boolean): Candidate {
    const repairs = isNext ? this.#nextRepairs : this.repairs
    const observers = isNext ? null : this.#observers
    return new Candidate(this.#node, this.#decoding, this.#options, {
      start,
      observers,
      report: (repair) => repairs.push(repair),
    })
  }

  #search(text: string): void {
    const found = this.#finder!.push(text)
    if (found === null) return
    const { start, before, skipped } = found
    if (before !== null)
      this.repairs.push({ kind: before, position: start - skipped.length, before: skipped, after: '' })
    this.#isCertain = before !== 'text-before' && before !== 'thinking'
    this.#current = this.#candidate(start, false)
    this.#current.push(found.text)
    this.#afterPush()
  }

  #afterPush(): void {
    const candidate = this.#current!
    if (candidate.failure?.code === 'malformed_json' && !this.#isCertain) {
      const { text } = candidate
      if (text.length <= FALSE_START) this.#abandon(text)
      return
    }
    const { trailing } = candidate
    if (trailing !== null) this.#readAfter(trailing, this.#length - trailing.length)
  }

  /** What looked like a document in prose is none: the search goes on behind its bracket. */
  #abandon(text: string): void {
    this.#current = null
    this.repairs.length = 0
    this.#open = null
    this.#finder = new DocumentFinder(this.#accepts, false, this.#length - text.length + 1)
    this.#search(text.slice(1))
  }

  #readAfter(text: string, position: number): void {
    this.#noteAfter(text, position)
    if (this.#next !== null && !this.#next.isDone && this.#next.failure === null) this.#next.push(text)
    else {
      this.#afterFinder ??= new DocumentFinder(this.#accepts, false, position)
      const found = this.#afterFinder.push(text)
      if (found === null) return
      this.#afterFinder = null
      this.#nextRepairs = []
      this.#next = this.#candidate(found.start, true)
      this.#next.push(found.text)
    }
    this.#considerNext()
  }

  /** Text after the document is no part of it: one repair that grows. */
  #noteAfter(text: string, position: number): void {
    if (this.#after === null) {
      const blank = text.length - text.trimStart().length
      if (blank === text.length) return
      this.#after = { kind: 'text-after', position: position + blank, before: text.slice(blank), after: '' }
      this.repairs.push(this.#after)
    } else this.#after.before += text
  }

  /** A further document that is complete and fits takes the place of the one before. */
  #considerNext(): void {
    const next = this.#next
    if (next === null || !next.isDone || next.issues.length > 0) return
    const draft = this.#current!.text
    this.repairs.push({ kind: 'draft', position: 0, before: draft, after: '' }, ...this.#nextRepairs)
    this.#current = next
    next.observers = this.#observers
    this.#next = null
    this.#after = null
    const { trailing } = next
    if (trailing !== null) this.#readAfter(trailing, this.#length - trailing.length)
  }

  /** What a root may begin with: in a provider's shape it may differ from the schema's. */
  get #accepts(): number {
    return this.#decoding === null ? this.#node.accepts : EVERYTHING
  }

  snapshot(exact = false): unknown {
    if (this.#current === null) return undefined
    const { cursor } = this.#current
    const value = cursor.snapshot(exact)
    // Kept for the snapshots that lag behind this one.
    if (cursor.isWide && !cursor.isLagging) this.#open = cursor.openPlace()
    return value === ABSENT ? undefined : value
  }

  openPlace(): OpenPlace | null {
    const cursor = this.#current?.cursor
    return cursor === undefined ? null : cursor.isLagging ? this.#open : cursor.openPlace()
  }

  raw(): unknown {
    return this.#current!.raw()
  }

  onComplete(listener: CompletionListener | null): void {
    this.#observers.completion = listener
  }

  watchElements(path: Path, listener: (element: unknown, index: number) => void): () => void {
    return this.#observers.addElements({ path, listener })
  }

  completedElements(path: Path): unknown[] {
    const array = valueAt(this.snapshot(true), path)
    if (!Array.isArray(array)) return []
    const open = this.openPlace()
    if (open?.isAmbiguous === true && startsWith(path, open.path)) return []
    const isOpen = open !== null && startsWith(open.path, path) && open.path.length > path.length
    const end = isOpen ? (open.path[path.length] as number) : array.length
    const pending = this.#current!.cursor.pendingPath()
    const blamed = [...this.issues.map((issue) => issue.path), ...this.unsure, ...(pending === null ? [] : [pending])]
    const isSound = (index: number) => !blamed.some((place) => startsWith(place, [...path, index]))
    return array.slice(0, end).filter((_, index) => isSound(index))
  }

  watchField(path: Path, listener: FieldListener): () => void {
    const value = valueAt(this.snapshot(true), path)
    const open = this.openPlace()
    const isOpen = open !== null && startsWith(open.path, path)
    if (typeof value === 'string' && !isOpen) {
      listener(value, true)
      return () => {}
    }
    const stop = this.#observers.addField({ path, listener })
    if (typeof value === 'string') {
      listener(value, false)
      this.#current!.cursor.watchOpenField()
    }
    return stop
  }
}

const NOTHING_YET: never[] = []
