import { detached } from '../../json/detached.ts'
import { JsonError } from '../../json/errors.ts'
import { OpenDocument } from '../../json/sinks/open-document.ts'
import { LongText } from '../../json/long-text.ts'
import { IncrementalJsonParser } from '../../json/parser.ts'
import { SnapshotPace } from '../../json/snapshot-pace.ts'
import type { TokenSink } from '../../json/token-sink.ts'
import { Tokenizer } from '../../json/tokenizer.ts'
import { TolerantReader } from '../../json/repair/tolerant-reader.ts'
import { CertainTokens } from '../../json/sinks/certain-tokens.ts'
import { ValueBuilder } from '../../json/sinks/value-builder.ts'
import type { RelativeIssue, SchemaNode } from '../../schema/node.ts'
import type { ValueRule } from '../../schema/rules.ts'
import { isSamePath, type Path } from '../../path.ts'
import type { Issue, Repair } from '../../types.ts'
import type { CursorContext, InexactReading, Lenience } from '../cursor/context.ts'
import type { RuleListener, ValueListeners } from '../listeners.ts'
import { Cursor } from '../cursor/cursor.ts'
import type { InterpreterFailure, InterpreterOptions } from '../interpreter.ts'
import { mayHoldKey, RowsSink } from './rows-sink.ts'
import { applyRereading, inWords, type Rereading } from './rereading.ts'

/** A provider's shape that differs from the user's: `sink` translates while streaming, `decode` whole values. */
export interface Decoding {
  /** Its sink acts on each token at once, so that none may be taken back. */
  readonly isFinal?: boolean
  /** Key of the object in which the provider puts a root that is none. */
  readonly wrapper?: string | undefined
  sink(inner: TokenSink): TokenSink
  decode(value: unknown): unknown
}

/** One JSON document of an answer: its text, its reader and its cursor. */
export class Candidate implements CursorContext, Lenience {
  readonly cursor: Cursor
  readonly issues: Issue[] = []
  readonly unsure: Path[] = []
  failure: InterpreterFailure | null = null
  observers: ValueListeners | null
  readonly lanes = { open: 0 }
  readonly pace: SnapshotPace
  readonly lenience: Lenience | null

  readonly #options: InterpreterOptions
  readonly #decoding: Decoding | null
  /** Holds back what the reader may take back, where the shapes differ. */
  #certain: CertainTokens | null = null
  readonly #sink: TokenSink
  #reader: Tokenizer | TolerantReader
  /** UTF-16 offset in the answer. */
  readonly start: number
  /** For a list that may come as its elements, one document after the other. */
  readonly #rows: RowsSink | null
  /** The elements that are complete, with the text between each and the one before. */
  readonly #elements: { text: string; gap: string }[] = []
  #gap = ''
  /** Offset of the document that is open: of the element, where they come one by one. */
  #from: number
  #isClosed = false
  readonly #isWholeValue: boolean
  readonly #isInProse: boolean
  /** Of what doesn't fit, only the final validation knows whether it is wrong. */
  readonly #isHint: boolean
  #isDoubtful = false
  /** Its text, unless the caller keeps it. */
  readonly #text: LongText | null
  readonly #source: (() => string) | undefined
  #length = 0
  readonly #report: (repair: Repair) => void
  /** What the schema made of values of another form, in document order. */
  readonly #readings: Rereading[] = []
  #isRewritten = false
  /** Rules of its values, while it isn't shown. */
  readonly #due: [rules: readonly ValueRule[], path: (string | number)[], value: unknown][] = []
  /** Null: they aren't run. */
  #shownRules: RuleListener | null | undefined
  #position: (() => number) | null = null

  constructor(
    node: SchemaNode,
    decoding: Decoding | null,
    options: InterpreterOptions,
    place: {
      start: number
      observers: ValueListeners | null
      report: (repair: Repair) => void
      text: (() => string) | undefined
      /** Its elements may come one after the other; 'certain': they do. */
      rows?: 'possible' | 'certain'
      /** Its text is all of the answer's, so that it may be a word. */
      isWholeValue?: boolean
      /** Words are before it, and no fence is around it. */
      isInProse?: boolean
    },
  ) {
    this.#options = options
    this.#decoding = decoding
    this.start = this.#from = place.start
    this.#source = place.text
    this.#text = place.text === undefined ? new LongText() : null
    this.#report = place.report
    this.#isWholeValue = place.isWholeValue === true
    this.#isInProse = place.isInProse === true
    this.#isHint = node.isHint
    this.observers = place.observers
    this.lenience = options.repair ? this : null
    this.pace = new SnapshotPace(options.pace)
    this.cursor = new Cursor(node, this)
    const sink = decoding === null ? this.cursor : this.#decodingSink(decoding, this.cursor)
    if (sink instanceof CertainTokens) this.#certain = sink
    const { core } = node
    // What the provider has around the list isn't an element of it.
    const isElementKey = (name: string): boolean =>
      core.kind === 'array' && name !== decoding?.wrapper && mayHoldKey(core.element.node, name)
    const mayBeRows = place.rows !== undefined && core.kind === 'array'
    this.#rows = mayBeRows ? new RowsSink(sink, isElementKey, place.rows === 'certain') : null
    this.#sink = this.#rows ?? sink
    this.#reader = this.#open()
  }

  #open(): Tokenizer | TolerantReader {
    const from = this.#from
    return this.#newReader(this.#sink, (repair) => {
      this.#isRewritten = true
      const path = (this.cursor.openPlace()?.path ?? []).map((key) => (typeof key === 'string' ? detached(key) : key))
      this.#report({ ...repair, position: repair.position + from, path })
      if (repair.kind === 'not-a-number') this.#reportNotANumber(path, repair.before)
    })
  }

  #newReader(sink: TokenSink, report: (repair: Repair) => void): Tokenizer | TolerantReader {
    const { repair, maxDepth } = this.#options
    return repair
      ? new TolerantReader(sink, report, { maxDepth, isWholeValue: this.#isWholeValue, isInProse: this.#isInProse })
      : new Tokenizer(sink, { maxDepth })
  }

  /** The document is complete: of elements that come one by one, the list of them. */
  get isDone(): boolean {
    return this.isRows ? this.#isClosed : this.#reader.isDone
  }
  /** The document that is open is complete. */
  get isRead(): boolean {
    return this.#reader.isDone
  }
  /** The document is the first element of a list, and further ones may come. */
  get isRows(): boolean {
    return this.#rows?.isList === true
  }

  /** A further element begins at `start`, after `gap`. */
  nextRow(start: number, gap: string): void {
    this.#elements.push({ text: this.#openText, gap: this.#gap })
    this.#gap = gap
    if (this.#text !== null) this.#text.whole = ''
    this.#from = start
    this.#length = 0
    this.#reader = this.#open()
    if (this.#elements.length > 1) return
    this.#report({ kind: 'json-lines', position: this.start, path: [], before: '', after: '[' })
  }

  /** No further element comes. */
  closeRows(): void {
    if (!this.isRows || this.#isClosed || !this.#reader.isDone) return
    this.#isClosed = true
    this.#rows!.close()
    this.settle()
    if (this.#elements.length === 0) {
      this.#report({ kind: 'wrapped', position: this.start, path: [], before: '', after: '[' })
    }
  }

  /** The root is one value that was read as an array of it. */
  get isWrapped(): boolean {
    const first = this.#readings[0]
    return first !== undefined && first.kind === 'wrapped' && first.path.length === 0
  }

  /** Text after the document that has come with its end. */
  trailing = ''

  /** UTF-16 units of the document that is open. */
  get length(): number {
    return this.#length
  }

  get text(): string {
    const before = this.#elements.map(({ text, gap }) => gap + text).join('')
    return before + this.#gap + this.#openText
  }

  get #openText(): string {
    const whole = this.#text?.whole ?? this.#source!().slice(this.#from)
    return whole.slice(0, this.#length)
  }

  /** Returns whether the document is still open. */
  push(text: string): boolean {
    if (this.failure !== null) return false
    this.#text?.add(text)
    this.#length += text.length
    try {
      this.#reader.push(text)
    } catch (error) {
      if (!(error instanceof JsonError)) throw error
      this.#fail(error)
    }
    if (!this.#reader.isDone) return this.failure === null
    this.settle()
    this.#cutTrailing(text)
    return false
  }

  /** What is after the document is none of its text; the reader passes over white space. */
  #cutTrailing(text: string): void {
    const reader = this.#reader
    if (!(reader instanceof TolerantReader)) return
    const end = text.slice(0, text.length - (reader.trailing?.length ?? 0)).trimEnd().length
    this.trailing = text.slice(end)
    this.#length -= this.trailing.length
  }

  /** The text is over: a number at the root ends with it. What is still open stays open. */
  end(): void {
    if (this.failure !== null || this.isRead) return
    try {
      this.#reader.end()
    } catch (error) {
      if (!(error instanceof JsonError)) throw error
      // Still open is for the finish reason to judge; what can be no JSON has failed.
      if (error.received !== 'the end of the text') this.#fail(error)
    }
    this.settle()
  }

  #fail(error: JsonError): void {
    const code = error.code === 'limit_exceeded' ? 'limit_exceeded' : 'malformed_json'
    const path = this.cursor.openPlace()?.path ?? []
    this.failure ??= { code, message: error.message, position: (error.position ?? 0) + this.#from, path: [...path] }
  }

  /** The document as plain data in the user's shape, with all repairs. */
  raw(): unknown {
    const value = this.isRows
      ? [...this.#elements.map(({ text }) => this.#parse(text)), this.#parse(this.#openText)]
      : this.#parse(this.#openText)
    const decoded = this.#decoding === null ? value : this.#decoding.decode(value)
    return this.reread(decoded)
  }

  #parse(text: string): unknown {
    if (this.#isRewritten) {
      const builder = new ValueBuilder()
      const reader = this.#newReader(builder, () => {})
      reader.push(text)
      if (!reader.isDone) reader.end()
      return builder.snapshot(true)
    }
    // On Node 24 JSON.parse returns wrong keys where keys hold escapes (nodejs/node#63785).
    if (!text.includes('\\')) return JSON.parse(text)
    const parser = new IncrementalJsonParser({ maxDepth: this.#options.maxDepth })
    parser.push(text)
    return parser.end()
  }

  /** What was written so far as plain data in the user's shape; a string that is open with what it has. */
  written(): unknown {
    const record = new OpenDocument()
    try {
      this.replay(record)
    } catch (error) {
      // Text that isn't JSON further on was JSON up to there.
      if (!(error instanceof JsonError)) throw error
    }
    return record.soFar()
  }

  /** The string that ended last has really ended. */
  settle(): void {
    this.#certain?.settle()
    this.cursor.settle()
  }

  /** What a tolerant reader takes back must not reach frames, which act on each token at once. */
  #decodingSink(decoding: Decoding, inner: TokenSink): TokenSink {
    const sink = decoding.sink(inner)
    return this.#options.repair && decoding.isFinal === true ? new CertainTokens(sink) : sink
  }

  /** Tells another sink the text so far, in the user's shape. */
  replay(sink: TokenSink): void {
    const target = this.#decoding === null ? sink : this.#decodingSink(this.#decoding, sink)
    if (!this.isRows) {
      this.#newReader(target, () => {}).push(this.text)
      if (target instanceof CertainTokens) target.settle()
      return
    }
    target.beginArray()
    for (const text of [...this.#elements.map((element) => element.text), this.#openText]) {
      this.#newReader(target, () => {}).push(text)
    }
    if (this.#isClosed) target.endArray()
  }

  /** From here on others tell the cursor what comes; `position` is a UTF-16 offset in the answer. */
  handOver(position: () => number): void {
    this.#position = position
  }

  /** Plain data as it was written, with what the schema made of values of another form. Writes it. */
  reread(value: unknown): unknown {
    return this.#readings.reduce(applyRereading, value)
  }

  /* CursorContext */

  position(): number {
    return this.#position === null ? this.#from + this.#reader.position : this.#position()
  }

  /** Nothing in it speaks against it. */
  get fits(): boolean {
    return this.issues.length === 0 && !this.#isDoubtful
  }

  report(issue: RelativeIssue): boolean {
    if (this.#isHint && !OF_THE_TEXT.includes(issue.code)) {
      this.#isDoubtful = true
      this.reportUnsure(issue.path)
      return true
    }
    const last = this.issues.at(-1)
    if (last?.code === NOT_A_NUMBER && isSamePath(last.path, issue.path)) return true
    this.issues.push({ ...withoutText(issue), position: this.position() })
    const { maxIssues } = this.#options
    if (this.issues.length >= maxIssues) {
      const message = `The answer has ${maxIssues} issues (limits.maxIssues): it was given up.`
      this.failure ??= { code: 'limit_exceeded', message, position: this.position(), path: issue.path }
    }
    return true
  }

  /** JSON has no such number, whatever the schema takes. */
  #reportNotANumber(path: (string | number)[], received: string): void {
    const message = `Invalid input: expected a finite number, received ${received}`
    this.report({ path, code: NOT_A_NUMBER, message, expected: 'a finite number', received })
  }

  reportUnsure(path: (string | number)[]): void {
    this.unsure.push(path)
  }

  noteNumber({ kind, path, text, value, position }: InexactReading): void {
    const isText = kind === 'exact-digits'
    if (isText) this.#readings.push({ path, kind, before: value, after: text })
    this.#report({ kind, position, path, before: text, after: isText ? JSON.stringify(text) : String(value) })
  }

  startRules(rules: readonly ValueRule[], path: (string | number)[], value: unknown): void {
    if (this.#shownRules === undefined) this.#due.push([rules, path, value])
    else this.#shownRules?.start(rules, path, value)
  }

  /** It is in sight, so its values are judged by their rules. */
  runRules(listener: RuleListener | null): void {
    this.#shownRules = listener
    for (const [rules, path, value] of this.#due.splice(0)) listener?.start(rules, path, value)
  }

  /* Lenience */

  repaired(kind: string, path: (string | number)[], before: unknown, after: unknown, position: number): void {
    this.#readings.push({ path, kind, before, after })
    this.#report({ kind, position, path, ...inWords(kind, before, after) })
  }
}

/** Characters of what an issue says that are kept. */
const MAX_ISSUE_TEXT = 2000
const NOT_A_NUMBER = 'not_a_number'
/** Issues of what is written, whatever the schema takes. */
const OF_THE_TEXT: readonly string[] = [NOT_A_NUMBER, 'inexact_number', 'duplicate_key']

/** An issue that keeps the answer's text alive no longer than the answer does. */
function withoutText(issue: RelativeIssue): RelativeIssue {
  const path = issue.path.map((key) => (typeof key === 'string' ? detached(key) : key))
  const message = detached(issue.message, MAX_ISSUE_TEXT)
  if (issue.received === undefined) return { ...issue, path, message }
  return { ...issue, path, message, received: detached(issue.received, MAX_ISSUE_TEXT) }
}
