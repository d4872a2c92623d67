import type { CompletionListener, FieldListener } from '../listeners.ts'
import { LongText } from '../../json/long-text.ts'
import { ABSENT, type SchemaNode } from '../../schema/node.ts'
import type { Issue, Path, Repair } from '../../types.ts'
import { Candidate, type Decoding } from './candidate.ts'
import { ANY_OPENING, DocumentFinder, openingOf, type Found, type Opening } from './find-document.ts'
import type { InterpreterFailure, InterpreterOptions, OpenPath, Repairable } from '../interpreter.ts'
import { ListenerHub, startsWith, valueAt } from '../listeners.ts'

/** A failure this early after other text means that this was no document. */
const FALSE_START = 256

/**
 * The `Interpreter` of structured answers: finder → reader → (decoding) → cursor. Of several complete documents
 * the last one that fits the schema counts.
 */
export class DocumentInterpreter implements Repairable {
  readonly repairs: Repair[] = []

  readonly node: SchemaNode
  readonly #decoding: Decoding | null
  readonly options: InterpreterOptions
  readonly hub = new ListenerHub()
  readonly #text: (() => string) | undefined
  #finder: DocumentFinder | null
  #found: Found | null = null
  /** The document that counts so far. */
  #current: Candidate | null = null
  /** The current document while it is open: it takes the text as it comes. */
  #open: Candidate | null = null
  /** A further document, which takes over if it ends and fits. */
  #next: Candidate | null = null
  /** Repairs of a document that may turn out to be none; null: the open one is certain. */
  #held: Repair[] | null = null
  /** What looked like a document and was none; counts after all if there is no other. */
  #falseStart: { candidate: Candidate; repairs: Repair[] } | null = null
  /** Text after the current document. */
  readonly #after = new LongText()
  #afterStart = 0
  #length = 0
  #place: OpenPath | null = null

  constructor(node: SchemaNode, decoding: Decoding | null, options: InterpreterOptions, text?: () => string) {
    this.#text = text
    this.node = node
    this.#decoding = decoding
    this.options = options
    this.#finder = options.repair ? new DocumentFinder(this.#opening) : null
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
    return this.#isSearching ? null : (this.#current?.failure ?? null)
  }

  /** What was shown so far was no document. It stays in sight until another begins. */
  get #isSearching(): boolean {
    return this.#current !== null && this.#current === this.#falseStart?.candidate
  }

  /** The document that was open when the text was cut; null: none was, or it cannot be gone on with. */
  interrupt(): Candidate | null {
    const current = this.#current
    if (current === null || current.isDone || this.#isSearching || current.failure !== null) return null
    this.#settle()
    return current
  }

  push(text: string): void {
    const open = this.#open
    if (open === null) this.#pushAround(text)
    else {
      this.#length += text.length
      if (!open.push(text)) this.#readOn(this.#leave(open))
    }
  }

  /** No document is open, or only one that may turn out to be none. */
  #pushAround(text: string): void {
    if (this.failure !== null || text === '') return
    this.#length += text.length
    if (this.#finder === null) {
      this.#current = this.#open = this.#candidate(this.#length - text.length, this.hub)
      if (!this.#open.push(text)) this.#leave(this.#open)
      return
    }
    if (this.#current?.isDone === true) this.#after.add(text)
    this.#readOn(text)
  }

  #readOn(text: string): void {
    for (let rest = text; rest !== '' && this.failure === null;) rest = this.#read(rest)
  }

  /** Returns the text that is left. */
  #read(text: string): string {
    const next = this.#next ?? this.#open
    if (next === null) return this.#begin(this.#finder!.push(text))
    if (next.push(text)) return ''
    return next === this.#open ? this.#leave(next) : this.#leaveNext(next)
  }

  end(): void {
    if (this.#isSearching) this.#held = this.#falseStart!.repairs
    this.#falseStart = null
    this.#current?.end()
    if (this.#next === null) this.#settle()
    else {
      this.#next.end()
      this.#considerNext(this.#next)
    }
    this.#noteAfter(this.#length)
  }

  #candidate(start: number, observers: ListenerHub | null): Candidate {
    const report = (repair: Repair): unknown => (this.#held ?? this.repairs).push(repair)
    return new Candidate(this.node, this.#decoding, this.options, { start, observers, report, text: this.#text })
  }

  #begin(found: Found | null): string {
    if (found === null) return ''
    this.#found = found
    const { start, before, skipped, text } = found
    if (this.#current?.isDone === true) {
      this.#held = []
      this.#next = this.#candidate(start, null)
      return text
    }
    // After prose a bracket may be prose too.
    this.#held = before === 'text-before' || before === 'thinking' ? [] : null
    if (before !== null) {
      const repair = { kind: before, position: start - skipped.length, before: skipped, after: '' }
      ;(this.#held ?? this.repairs).push(repair)
    }
    this.#current = this.#open = this.#candidate(start, this.hub)
    return text
  }

  /** The document that was open has ended or failed. Returns the text that is left. */
  #leave(candidate: Candidate): string {
    // Strictly read, nothing but white space may follow, and that is the reader's to tell.
    if (this.#finder === null) {
      if (candidate.failure !== null) this.#open = null
      return ''
    }
    this.#open = null
    if (candidate.failure !== null) {
      if (this.#held === null || !isFalseStart(candidate)) this.#settle()
      else {
        this.#falseStart ??= { candidate, repairs: this.#held }
        this.#current = this.#falseStart.candidate
        this.#place = null
        return this.#goBehind(candidate)
      }
    }
    return candidate.isDone ? this.#goAfter(candidate) : ''
  }

  #leaveNext(candidate: Candidate): string {
    if (candidate.failure !== null) {
      this.#next = this.#held = null
      if (isFalseStart(candidate)) return this.#goBehind(candidate)
      const { position } = candidate.failure
      this.#finder = new DocumentFinder(this.#opening, false, position)
      return candidate.text.slice(position - candidate.start)
    }
    const trailing = candidate.trailing ?? ''
    if (this.#considerNext(candidate)) return this.#goAfter(candidate)
    this.#finder = new DocumentFinder(this.#opening, false, this.#length - trailing.length)
    return trailing
  }

  /** What looked like a document is none: the search goes on behind its bracket. */
  #goBehind(candidate: Candidate): string {
    this.#held = null
    const found = this.#finder!.reject({ ...this.#found!, text: candidate.text })
    return this.#begin(found)
  }

  #goAfter(candidate: Candidate): string {
    this.#settle()
    this.#falseStart = null
    const trailing = candidate.trailing ?? ''
    this.#after.whole = trailing
    this.#afterStart = this.#length - trailing.length
    this.#finder = new DocumentFinder(this.#opening, false, this.#afterStart)
    return trailing
  }

  /** The document that was read last counts. */
  #settle(): void {
    for (const repair of this.#held ?? []) this.repairs.push(repair)
    this.#held = null
  }

  /** Text after the document, up to `end`, is no part of it. */
  #noteAfter(end: number): void {
    if (!this.isDone) return
    const text = this.#after.whole.slice(0, end - this.#afterStart)
    const before = text.trim()
    const position = this.#afterStart + text.indexOf(before)
    if (before !== '') this.repairs.push({ kind: 'text-after', position, before, after: '' })
  }

  /** A further document that is complete and fits takes the place of the one before. Returns whether it did. */
  #considerNext(next: Candidate): boolean {
    this.#next = null
    const current = this.#current!
    const isFit = next.isDone && next.issues.length === 0
    const areSeveral = isFit && current.isWrapped && next.isWrapped
    if (!isFit || areSeveral) this.#held = null
    if (!isFit) return false
    if (areSeveral) {
      // One value for an array may be meant as one; of two after each other neither may be dropped.
      const message = 'Invalid input: expected one array, received several values after one another'
      if (current.issues.length === 0) {
        current.report({ path: [], code: 'several_values', message, expected: 'one array', received: 'several values' })
      }
      return false
    }
    this.#noteAfter(next.start)
    this.repairs.push({ kind: 'draft', position: current.start, before: current.text.trimEnd(), after: '' })
    this.#settle()
    this.#current = next
    next.observers = this.hub
    return true
  }

  /** What a document may begin with: in a provider's shape it may differ from the schema's. */
  get #opening(): Opening {
    return this.#decoding === null ? openingOf(this.node) : ANY_OPENING
  }

  snapshot(exact = false): unknown {
    if (this.#current === null) return undefined
    const { cursor } = this.#current
    const value = cursor.snapshot(exact)
    // Kept for the snapshots that lag behind this one.
    if (cursor.isWide && !cursor.isLagging) this.#place = cursor.openPlace()
    return value === ABSENT ? undefined : value
  }

  openPlace(): OpenPath | null {
    const cursor = this.#current?.cursor
    return cursor === undefined ? null : cursor.isLagging ? this.#place : cursor.openPlace()
  }

  raw(): unknown {
    return this.#current!.raw()
  }

  written(): unknown {
    return this.#current?.written()
  }

  onComplete(listener: CompletionListener | null): void {
    this.hub.completion = listener
  }

  watchElements(path: Path, listener: (element: unknown, index: number) => void): () => void {
    return this.hub.addElements({ path, listener })
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
    // Below a place that is read in several ways: the listener is told when one way is left.
    const isAmbiguous = open?.isAmbiguous === true && startsWith(path, open.path)
    if (typeof value === 'string' && !isOpen && !isAmbiguous) {
      listener(value, true)
      return () => {}
    }
    const stop = this.hub.addField({ path, listener })
    if (isOpen && !isAmbiguous) {
      if (typeof value === 'string') listener(value, false)
      this.#current!.cursor.watchOpenField()
    }
    return stop
  }
}

const NOTHING_YET: never[] = []

function isFalseStart({ failure, start }: Candidate): boolean {
  return failure!.code === 'malformed_json' && failure!.position - start <= FALSE_START
}
