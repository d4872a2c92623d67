import { DocumentFinder, ANY_OPENING, SCALAR_WORD, type Found, type ThoughtOver } from '../../json/find-document.ts'
import { LongText } from '../../json/long-text.ts'
import { FENCED, FRAGMENT, LEAD } from '../../json/surroundings.ts'
import { ABSENT, type SchemaNode } from '../../schema/node.ts'
import type { Issue, Path, Repair } from '../../types.ts'
import type { InterpreterFailure, InterpreterOptions, OpenPath, Repairable, ShownDocument } from '../interpreter.ts'
import { ListenerHub, startsWith, valueAt, type CompletionListener, type FieldListener } from '../listeners.ts'
import { BrokenSpan } from './broken-span.ts'
import { Candidate, type Decoding } from './candidate.ts'
import { isCutBy, weigh } from './choose-document.ts'
import { Contender } from './contender.ts'
import { keepRepair } from './keep-repair.ts'
import { openingOf, takesAnyText } from './opening.ts'

/** Where the reading is. `answer` is the document that counts so far, `rival` a later one. */
type State =
  /** No document has begun, or only in what turned out to be a thought. */
  | { is: 'searching' }
  /** The first document is open, or the next element of a list that comes as its elements. */
  | { is: 'reading'; answer: Contender }
  /** The answer is complete, and text after it is searched. `rival` is complete too, and waits for the rest of its line. */
  | { is: 'settled'; answer: Contender; rival: Contender | null }
  /** The answer is a string, number or literal, and nothing may follow it. */
  | { is: 'scalar'; answer: Contender }
  /** A later document is open. */
  | { is: 'comparing'; answer: Contender; rival: Contender }
  /** A document that is no JSON is passed over: none of its pieces is another. */
  | { is: 'passing'; answer: Contender; span: BrokenSpan }
  /** Nothing that follows can be told from its pieces: only the end of a thought counts. */
  | { is: 'sealed'; answer: Contender }
  /** Nothing that follows matters. */
  | { is: 'over'; answer: Contender | null }

/**
 * The `Interpreter` of structured answers: finder → reader → (decoding) → cursor. Which of several documents counts is
 * for `weigh` to say.
 */
export class DocumentInterpreter implements Repairable {
  readonly repairs: Repair[] = []
  readonly documents: ShownDocument[] = []

  readonly node: SchemaNode
  readonly #decoding: Decoding | null
  readonly options: InterpreterOptions
  readonly hub = new ListenerHub()
  readonly #source: (() => string) | undefined
  /** All of the text, unless the caller keeps it. */
  readonly #text: LongText | null
  /** Null: the text is read strictly, and is nothing but the document. */
  readonly #finder: DocumentFinder | null
  #state: State = { is: 'searching' }
  /** What was shown last, while the text after it is searched for a document that counts. */
  #dropped: Contender | null = null
  /** Which of two documents is meant can't be told, unless a later one decides; the offset of the second. */
  #doubt: number | null = null
  /** The document whose line isn't over. */
  #passed: Contender | null = null
  /** Text after the answer. */
  readonly #after = new LongText()
  #afterStart = 0
  /** Offset from which on no text has been listed as a repair. */
  #listed = 0
  #length = 0
  #isEnded = false
  #place: OpenPath | null = null

  constructor(node: SchemaNode, decoding: Decoding | null, options: InterpreterOptions, text?: () => string) {
    this.#source = text
    this.node = node
    this.#decoding = decoding
    this.options = options
    this.#finder = options.repair ? new DocumentFinder(decoding === null ? openingOf(node) : ANY_OPENING) : null
    this.#text = text === undefined && options.repair ? new LongText() : null
  }

  get #answer(): Contender | null {
    return 'answer' in this.#state ? this.#state.answer : null
  }
  /** What is in sight. */
  get #shown(): Candidate | null {
    if (this.#isEnded && this.#answer === null) return null
    return (this.#answer ?? this.#dropped)?.candidate ?? null
  }

  get isDone(): boolean {
    const { is } = this.#state
    const answer = this.#answer
    if (answer === null || !answer.candidate.isDone || this.failure !== null) return false
    return (
      this.#isEnded ||
      this.#finder === null ||
      is === 'scalar' ||
      (is === 'settled' && this.#doubt === null && this.#mayStandAlone(answer)) ||
      is === 'over'
    )
  }
  get isStarted(): boolean {
    return this.#answer !== null
  }
  get issues(): readonly Issue[] {
    const answer = this.#answer
    // What is wrong with an example proves nothing.
    return answer === null || (answer.isMarked && !this.#isEnded) ? NOTHING_YET : answer.candidate.issues
  }
  get unsure(): readonly Path[] {
    return this.#shown?.unsure ?? NOTHING_YET
  }
  get failure(): InterpreterFailure | null {
    const answer = this.#answer
    const failure = answer?.candidate.failure ?? null
    if (failure === null || this.#isEnded || this.#state.is === 'over') return failure
    // After prose it may turn out that all of it was a thought, or that it was an example.
    return failure.code === 'limit_exceeded' ? failure : null
  }

  /** The document that was open when the text was cut; null: none was, or it can't be continued. */
  interrupt(): Candidate | null {
    if (this.#state.is === 'comparing') this.#endRival(this.#state.answer, this.#state.rival)
    const { is } = this.#state
    const answer = this.#answer
    if (answer === null || (is !== 'reading' && is !== 'over')) return null
    const { candidate } = answer
    if (candidate.isDone || candidate.isRows || candidate.failure !== null || answer.found.isScalar) return null
    answer.publish()
    return candidate
  }

  push(text: string): void {
    const state = this.#state
    if (text === '' || state.is === 'over') return
    this.#length += text.length
    this.#text?.add(text)
    if (this.#finder === null) return this.#pushStrictly(text)
    if (state.is === 'reading' && state.answer.candidate.push(text)) return
    if (state.is === 'reading') return this.#readOn(this.#leave(state.answer))
    if (this.#answer !== null) this.#after.add(text)
    this.#readOn(text)
  }

  #pushStrictly(text: string): void {
    let answer = this.#answer
    if (answer === null) {
      answer = this.#contender(WHOLE_TEXT, this.hub)
      this.#show(answer, null)
      this.#state = { is: 'reading', answer }
    }
    answer.candidate.push(text)
    if (answer.candidate.failure !== null) this.#state = { is: 'over', answer }
  }

  #readOn(text: string): void {
    for (let rest = text; rest !== '' && this.#state.is !== 'over';) rest = this.#read(rest)
  }

  /** Returns the text that is left. */
  #read(text: string): string {
    const state = this.#state
    switch (state.is) {
      case 'reading':
        return state.answer.candidate.push(text) ? '' : this.#leave(state.answer)
      case 'comparing':
        return state.rival.candidate.push(text) ? '' : this.#leaveRival(state)
      case 'passing':
        return this.#pass(state, text)
      case 'searching':
      case 'settled':
      case 'sealed':
        return this.#search(this.#finder!.push(text))
      case 'scalar':
        this.#checkScalar(state.answer, text)
        return ''
      case 'over':
        return ''
      default: {
        const never: never = state
        throw new Error(`unknown state ${String(never)}`)
      }
    }
  }

  #search(found: Found | ThoughtOver | null): string {
    const finder = this.#finder!
    if (found !== null) this.#lastPassed?.noteContinuation(finder.surroundings)
    if (this.#passed !== null && (found !== null || finder.surroundings.isTailOver)) this.#noteTail()
    if (found === null) return ''
    if (found.kind === 'thought-over') return this.#forget(found)
    return this.#begin(found)
  }

  /** The line of the document that was passed last is over. */
  #noteTail(): void {
    this.#passed!.noteTail(this.#finder!.surroundings)
    this.#passed = null
    const state = this.#state
    if (state.is === 'settled' && state.rival !== null) this.#judge(state.answer, state.rival)
  }

  end(): void {
    if (this.#isEnded) return
    if (this.#finder === null) this.#answer?.candidate.end()
    else this.#endSearch(this.#finder)
    this.#isEnded = true
  }

  #endSearch(finder: DocumentFinder): void {
    for (let found = this.#atEnd(finder); found !== null; found = this.#atEnd(finder)) {
      if (found.kind === 'document' && found.isScalar) this.#readScalar(found)
      else this.#readOn(this.#search(found))
    }
    const state = this.#state
    if (state.is === 'reading' || state.is === 'comparing') {
      const open = state.is === 'reading' ? state.answer : state.rival
      open.candidate.end()
      if (open.candidate.isRead || open.candidate.failure !== null)
        this.#readOn(state.is === 'reading' ? this.#leave(open) : this.#leaveRival(state))
    }
    if (this.#state.is === 'settled') this.#lastPassed?.noteContinuation(finder.surroundings)
    if (this.#passed !== null) this.#noteTail()
    if (this.#state.is === 'comparing') this.#endRival(this.#state.answer, this.#state.rival)
    this.#settle()
  }

  #atEnd(finder: DocumentFinder): Found | ThoughtOver | null {
    const { is } = this.#state
    return is === 'searching' || is === 'settled' || is === 'sealed' ? finder.end() : null
  }

  #mayStandAlone(answer: Contender): boolean {
    return this.options.documents === 'one' || answer.mayStandAlone
  }

  /** The text is over in the middle of a later document. */
  #endRival(answer: Contender, rival: Contender): void {
    const isCut = isCutBy(answer.evidence, rival.evidence, rival.isCorrection)
    if (isCut) this.#replace(answer, rival, 'A later document was cut.')
    this.#state = isCut ? { is: 'over', answer: rival } : { is: 'settled', answer, rival: null }
  }

  /** Nothing more comes: is there an answer? */
  #settle(): void {
    const answer = this.#answer
    if (answer === null) return
    answer.candidate.closeRows()
    if (answer.candidate.isDone && !this.#mayStandAlone(answer)) {
      this.#state = { is: 'searching' }
      return
    }
    answer.publish()
    if (!answer.candidate.isDone || answer.candidate.failure !== null) return
    this.#noteAfter(this.#length)
    if (this.#doubt === null) return
    const message = 'Invalid input: expected one document, got several that differ'
    const issue = { code: 'several_values', message, expected: 'one document', received: 'several documents' }
    answer.candidate.issues.push({ path: [], ...issue, position: this.#doubt })
  }

  /* Documents */

  #contender(found: Found, observers: ListenerHub | null, isWholeValue = false): Contender {
    const { before, skipped, start } = found
    // After prose a bracket may be prose too.
    const isCertain = observers !== null && found.isFirst
    const contender = new Contender(found, this.repairs, isCertain, this.#lastPassed)
    if (before !== null && observers !== null) {
      const position = this.#listed
      const text = position === start - skipped.length ? skipped : this.#slice(position, start)
      contender.report({ kind: before, position, before: text, after: '' })
    }
    const isRow = this.node.core.kind === 'array' && found.text[0] === '{'
    contender.candidate = this.#candidate(start, observers, contender.report, {
      ...(isRow && { rows: 'possible' }),
      isWholeValue,
    })
    return contender
  }

  /** The document that comes before the next one in the text. */
  #lastPassed: Contender | null = null

  /** @param form whether further documents may be further elements of the list; whether it is all of the text */
  #candidate(
    start: number,
    observers: ListenerHub | null,
    report: (repair: Repair) => void,
    { rows, isWholeValue }: { rows?: 'possible' | 'certain'; isWholeValue?: boolean },
  ): Candidate {
    const kept = this.#source ?? (this.#text === null ? undefined : () => this.#text!.whole)
    const mayBeRows = rows !== undefined && this.#finder !== null && this.options.documents !== 'one'
    // To cut a document out of a text that grows costs as much as all of it: one of many keeps its own text.
    const text = observers === null || mayBeRows ? undefined : kept
    const place = { start, observers, report, text, isWholeValue: isWholeValue === true }
    return new Candidate(this.node, this.#decoding, this.options, mayBeRows ? { ...place, rows } : place)
  }

  #show(contender: Contender, reason: string | null): void {
    const from = this.documents.length === 0 ? contender.start : this.#length
    this.documents.push({ start: contender.start, from, rows: [], reason })
    this.#dropped = null
  }

  /** Returns the text to read on with. */
  #begin(found: Found): string {
    const { text } = found
    const answer = this.#answer
    if (answer === null) {
      const first = this.#contender(found, this.hub)
      this.#show(first, this.#dropped === null ? null : THOUGHT)
      this.#state = { is: 'reading', answer: first }
      return text
    }
    if (this.options.documents === 'one') return this.#refuse(found)
    if (this.#isNextRow(answer, found)) {
      answer.candidate.nextRow(found.start, found.skipped)
      this.documents.at(-1)!.rows.push(found.start)
      this.#state = { is: 'reading', answer }
      return text
    }
    if (this.#isSecondRow(answer, found)) return this.#makeRows(answer, found)
    this.#state = { is: 'comparing', answer, rival: this.#contender(found, null) }
    return text
  }

  #isNextRow(answer: Contender, { placing, text }: Found): boolean {
    const isNext = placing.isAdjacent && this.#lastPassed === answer && this.#state.is === 'settled'
    return isNext && answer.candidate.isRows && text[0] === '{'
  }

  /** The first document was read as a list of one; now a second one follows it. */
  #isSecondRow(answer: Contender, { placing, text }: Found): boolean {
    const isNext = placing.isAdjacent && this.#lastPassed === answer && this.#state.is === 'settled'
    return isNext && answer.candidate.isWrapped && text[0] === '{' && answer.candidate.text.trimStart()[0] === '{'
  }

  #makeRows(answer: Contender, found: Found): string {
    const { text } = answer.candidate
    const rows = this.#candidate(answer.start, this.hub, answer.report, { rows: 'certain' })
    rows.push(text)
    answer.candidate = rows
    this.documents.push({
      start: answer.start,
      from: this.#length,
      rows: [found.start],
      reason: 'Several documents in a row are the elements of the list.',
    })
    rows.nextRow(found.start, found.skipped)
    this.#state = { is: 'reading', answer }
    return found.text
  }

  /** Exactly one document is wanted. */
  #refuse({ start }: Found | { start: number }): string {
    const answer = this.#answer!
    answer.candidate.failure ??= {
      code: 'malformed_json',
      message: `Expected one JSON document, got another one at position ${start}. Give exactly one.`,
      position: start,
      path: [],
    }
    this.#state = { is: 'over', answer }
    return ''
  }

  /** The first document is complete, or broken. Returns the text that is left. */
  #leave(answer: Contender): string {
    const { candidate, found } = answer
    const { failure } = candidate
    if (failure !== null) {
      if (failure.code === 'limit_exceeded' || found.isFirst) {
        answer.publish()
        this.#state = { is: 'over', answer }
        return ''
      }
      return this.#leaveBroken(answer, answer)
    }
    if (found.isScalar) return this.#leaveScalar(answer)
    const trailing = candidate.trailing
    if (answer.standing > FRAGMENT && !answer.isMarked) answer.publish()
    this.#after.whole = trailing
    this.#afterStart = this.#length - trailing.length
    this.#passDocument(answer, trailing)
    this.#state = { is: 'settled', answer, rival: null }
    return trailing
  }

  #passDocument(contender: Contender, trailing: string): void {
    const finder = this.#finder!
    finder.pass(this.#length - trailing.length)
    this.#passed = this.#lastPassed = contender
  }

  /** A string, number or literal has to be the whole text. */
  #leaveScalar(answer: Contender): string {
    const after = answer.candidate.trailing
    this.#after.whole = after
    this.#afterStart = this.#length - after.length
    this.#state = { is: 'scalar', answer }
    this.#checkScalar(answer, after)
    return ''
  }

  #checkScalar(answer: Contender, text: string): void {
    const at = text.search(/[^\s`~]/)
    if (at < 0) return
    const after = JSON.stringify(String.fromCodePoint(text.codePointAt(at)!))
    answer.candidate.failure ??= {
      code: 'malformed_json',
      message: `Expected the end of the text after a value without brackets, got ${after}.`,
      position: this.#length - text.length + at,
      path: [],
    }
    this.#state = { is: 'over', answer }
  }

  /** The whole text may be one value without brackets, or it holds no document. */
  #readScalar(found: Found): void {
    const isWord = /^\p{L}/u.test(found.text)
    const isProse = isWord && !SCALAR_WORD.test(found.text) && takesAnyText(this.node)
    const answer = this.#contender(found, this.hub, !isProse)
    const { candidate } = answer
    candidate.push(found.text)
    candidate.end()
    const { failure } = candidate
    // Words that are no value are other text.
    if (failure !== null && (isWord || failure.position === found.start)) return
    if (isWord && (!candidate.isRead || candidate.issues.length > 0 || candidate.trailing !== '')) return
    this.#show(answer, this.#dropped === null ? null : THOUGHT)
    this.#state = { is: 'scalar', answer }
    this.#afterStart = found.start + found.text.length - candidate.trailing.length
    this.#after.whole = this.#slice(this.#afterStart, this.#length)
    if (candidate.isRead) this.#checkScalar(answer, this.#after.whole)
  }

  #leaveRival({ answer, rival }: State & { is: 'comparing' }): string {
    const { candidate } = rival
    if (candidate.failure !== null) {
      if (candidate.failure.code === 'malformed_json' && isCutBy(answer.evidence, rival.evidence, rival.isCorrection)) {
        this.#replace(answer, rival, 'A later document is no JSON.')
        return this.#seal(rival, rival)
      }
      return this.#leaveBroken(answer, rival)
    }
    const trailing = candidate.trailing
    this.#passDocument(rival, trailing)
    this.#state = { is: 'settled', answer, rival }
    return trailing
  }

  /** Returns the text of the broken document, which may hold the end of a thought. */
  #seal(answer: Contender, broken: Contender): string {
    this.#state = { is: 'sealed', answer }
    this.#finder!.seal(broken.start)
    return broken.candidate.text
  }

  /** None of a broken document's pieces is another document. */
  #leaveBroken(answer: Contender, broken: Contender): string {
    if (answer === broken) {
      this.#after.whole = ''
      this.#afterStart = this.#length
    }
    if (broken.found.placing.standing > LEAD || broken.candidate.failure!.code !== 'malformed_json') {
      return this.#seal(answer, broken)
    }
    this.#lastPassed = broken
    const text = broken.candidate.text
    return this.#pass({ is: 'passing', answer, span: new BrokenSpan() }, text)
  }

  #pass(state: State & { is: 'passing' }, text: string): string {
    const read = state.span.push(text)
    if (read === 'open') {
      this.#state = state
      return ''
    }
    const { answer } = state
    if (read === 'lost') {
      this.#state = { is: 'sealed', answer }
      this.#finder!.seal(this.#length - text.length)
      return text
    }
    const rest = text.slice(read)
    this.#finder!.pass(this.#length - rest.length)
    this.#state = { is: 'settled', answer, rival: null }
    return rest
  }

  /** Everything so far was a thought. */
  #forget({ text }: ThoughtOver): string {
    const answer = this.#answer
    if (answer === null) return text
    if (this.options.documents === 'one') return this.#refuse({ start: this.#length - text.length })
    this.#dropped = answer
    this.#doubt = null
    this.#passed = this.#lastPassed = null
    this.#state = { is: 'searching' }
    if (answer.isPublished) {
      keepRepair(this.repairs, {
        kind: 'draft',
        position: answer.start,
        before: answer.candidate.text.trimEnd(),
        after: '',
      })
      this.#listed = this.#afterStart
    }
    return text
  }

  /* The choice */

  #judge(answer: Contender, rival: Contender): void {
    const isSame = this.#isSame(answer, rival) && !(answer.isMarked && !rival.isMarked)
    const verdict = isSame ? ({ is: 'kept' } as const) : weigh(answer.evidence, rival.evidence, rival.isCorrection)
    switch (verdict.is) {
      case 'kept':
        this.#state = { is: 'settled', answer, rival: null }
        return
      case 'several':
        this.#doubt ??= rival.start
        this.#state = { is: 'settled', answer, rival: null }
        return
      case 'replaced':
        this.#replace(answer, rival, verdict.reason)
        return
      default: {
        const never: never = verdict
        throw new Error(`unknown verdict ${String(never)}`)
      }
    }
  }

  #isSame(answer: Contender, rival: Contender): boolean {
    const areFit = answer.evidence.isFit && rival.evidence.isFit
    return areFit && answer.canonical === rival.canonical
  }

  /** `rival` is the answer from here on. */
  #replace(answer: Contender, rival: Contender, reason: string): void {
    this.#doubt = null
    if (answer.candidate.failure === null) {
      answer.publish()
      this.#noteAfter(rival.start)
      keepRepair(this.repairs, {
        kind: 'draft',
        position: answer.start,
        before: answer.candidate.text.trimEnd(),
        after: '',
      })
    } else {
      const before = this.#slice(this.#listed, rival.start)
      keepRepair(this.repairs, { kind: rival.found.before ?? 'text-before', position: this.#listed, before, after: '' })
    }
    rival.publish()
    this.#state = { is: 'settled', answer: rival, rival: null }
    this.#show(rival, reason)
    this.#tellAgain(rival)
    const end = rival.start + rival.candidate.text.length
    this.#after.whole = this.#slice(end, this.#length)
    this.#afterStart = end
  }

  /** Listeners hear of the values of a document that was read without them. */
  #tellAgain(rival: Contender): void {
    const { candidate } = rival
    if (this.hub.completion === null) {
      candidate.observers = this.hub
      return
    }
    const again = this.#candidate(rival.start, this.hub, () => {}, candidate.isRows ? { rows: 'possible' } : {})
    again.push(candidate.text)
    if (again.isRead === candidate.isRead) rival.candidate = again
  }

  /** Text after the document, up to `end`, is no part of it. */
  #noteAfter(end: number): void {
    const text = this.#after.whole.slice(0, end - this.#afterStart)
    const before = text.trim()
    const position = this.#afterStart + text.indexOf(before)
    if (before !== '') keepRepair(this.repairs, { kind: 'text-after', position, before, after: '' })
  }

  #slice(from: number, to: number): string {
    return (this.#source?.() ?? this.#text!.whole).slice(from, to)
  }

  snapshot(exact = false): unknown {
    const cursor = this.#shown?.cursor
    if (cursor === undefined) return undefined
    const value = cursor.snapshot(exact)
    // Kept for the snapshots that lag behind this one.
    if (cursor.isWide && !cursor.isLagging) this.#place = cursor.openPlace()
    return value === ABSENT ? undefined : value
  }

  openPlace(): OpenPath | null {
    const cursor = this.#shown?.cursor
    return cursor === undefined ? null : cursor.isLagging ? this.#place : cursor.openPlace()
  }

  raw(): unknown {
    return this.#answer!.candidate.raw()
  }

  written(): unknown {
    return this.#shown?.written()
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
    const { issues, cursor } = this.#shown!
    const pending = cursor.pendingPath()
    const blamed = [...issues.map((issue) => issue.path), ...this.unsure, ...(pending === null ? [] : [pending])]
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
      this.#shown!.cursor.watchOpenField()
    }
    return stop
  }
}

const NOTHING_YET: never[] = []
const THOUGHT = 'The earlier document was part of a thought.'

/** Read strictly, the document is the whole text. */
const WHOLE_TEXT: Found = {
  kind: 'document',
  start: 0,
  text: '',
  before: null,
  skipped: '',
  placing: {
    standing: FENCED,
    isAdjacent: false,
    isMarked: false,
    isDelivered: false,
    isCorrection: false,
    isRefused: false,
    isCall: false,
  },
  isScalar: false,
  isFirst: true,
}
