import { DocumentFinder, type Found, type ThoughtOver } from '../../json/find-document.ts'
import { FRAGMENT, LEAD } from '../../json/surroundings.ts'
import { mayFollowValue } from '../../json/whole-value.ts'
import type { SchemaNode } from '../../schema/node.ts'
import type { Issue, Path, Repair } from '../../types.ts'
import type { InterpreterFailure, InterpreterOptions, ShownDocument } from '../interpreter.ts'
import type { ListenerHub } from '../listeners.ts'
import { BrokenSpan } from './broken-span.ts'
import type { Candidate, Decoding } from './candidate.ts'
import { isCutBy } from './choose-document.ts'
import type { Contender } from './contender.ts'
import { notAlone, notWhole, severalValues } from './document-failures.ts'
import { DocumentReader } from './document-reader.ts'
import { keepRepair } from './keep-repair.ts'
import { mayBeText, openingFor } from './opening.ts'
import { WHOLE_TEXT, type SearchState } from './search-state.ts'
import { TextAround } from './text-around.ts'

/**
 * Searches an answer's text for its documents and reads them: finder → reader → (decoding) → cursor. Which of several
 * counts is for `weigh` to say.
 */
export class DocumentSearch {
  readonly #node: SchemaNode
  readonly #options: InterpreterOptions
  readonly #around: TextAround
  readonly #reader: DocumentReader
  /** Null: the text is read strictly, and is nothing but the document. */
  readonly #finder: DocumentFinder | null
  #state: SearchState = { is: 'searching' }
  /** What was shown last, while the text after it is searched for a document that counts. */
  #dropped: Contender | null = null
  /** Which of two documents is meant can't be known, unless a later one decides; the offset of the second. */
  #doubt: number | null = null
  /** The document that comes before the next one in the text. */
  #lastPassed: Contender | null = null
  /** The same, while its line isn't over. */
  #passed: Contender | null = null
  #isEnded = false

  /** @param listeners hear of the document that counts */
  constructor(
    node: SchemaNode,
    decoding: Decoding | null,
    options: InterpreterOptions,
    listeners: ListenerHub,
    text: (() => string) | undefined,
  ) {
    this.#node = node
    this.#options = options
    this.#finder = options.repair ? new DocumentFinder(openingFor(node, decoding)) : null
    this.#around = new TextAround(text, options.repair)
    this.#reader = new DocumentReader(node, decoding, options, listeners, this.#around)
  }

  get repairs(): Repair[] {
    return this.#reader.repairs
  }
  get documents(): ShownDocument[] {
    return this.#reader.documents
  }

  get #answer(): Contender | null {
    return 'answer' in this.#state ? this.#state.answer : null
  }
  /** What is in sight. */
  get shown(): Candidate | null {
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
  /** The document that counts; call it when it is complete. */
  get document(): Candidate {
    return this.#answer!.candidate
  }
  get unsure(): readonly Path[] {
    return this.shown?.unsure ?? NOTHING_YET
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
    // Most deltas come while a document is open.
    const isReading = state.is === 'reading'
    this.#around.add(text, !isReading && 'answer' in state)
    if (isReading) {
      if (!state.answer.candidate.push(text)) this.#readOn(this.#leave(state.answer))
    } else if (this.#finder === null) this.#beginStrictly(text)
    else this.#readOn(text)
  }

  /** The text is nothing but the document. */
  #beginStrictly(text: string): void {
    const answer = this.#reader.open(WHOLE_TEXT, true, null)
    this.#reader.show(answer, null)
    answer.candidate.push(text)
    this.#state = { is: answer.candidate.failure === null ? 'reading' : 'over', answer }
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
    return this.#options.documents === 'one' || answer.mayStandAlone
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
    this.#around.listAfter(this.#around.length, this.repairs)
    if (this.#doubt === null) return
    answer.candidate.issues.push(severalValues(this.#doubt))
  }

  /* Documents */

  #showFirst(answer: Contender): void {
    this.#reader.show(answer, this.#dropped === null ? null : THOUGHT)
    this.#dropped = null
  }

  /** Returns the text to read on with. */
  #begin(found: Found): string {
    const { text } = found
    const answer = this.#answer
    if (answer === null) {
      const first = this.#reader.open(found, true, this.#lastPassed)
      this.#showFirst(first)
      this.#state = { is: 'reading', answer: first }
      return text
    }
    if (this.#options.documents === 'one') return this.#refuse(found)
    if (this.#mayBeRow(answer, found) && this.#reader.nextRow(answer, found)) {
      this.#state = { is: 'reading', answer }
      return text
    }
    this.#state = { is: 'comparing', answer, rival: this.#reader.open(found, false, this.#lastPassed) }
    return text
  }

  /** An object right after the answer may be a further element of it. */
  #mayBeRow(answer: Contender, { placing, text }: Found): boolean {
    return text[0] === '{' && placing.isAdjacent && this.#lastPassed === answer && this.#state.is === 'settled'
  }

  /** Exactly one document is wanted. */
  #refuse({ start }: Found | { start: number }): string {
    const answer = this.#answer!
    answer.candidate.failure ??= notAlone(start)
    this.#state = { is: 'over', answer }
    return ''
  }

  /** The first document is complete, or broken. Returns the text that is left. */
  #leave(answer: Contender): string {
    const { candidate, found } = answer
    const { failure } = candidate
    // Read strictly, nothing but white space may follow, and that is for the reader to say.
    if (this.#finder === null && failure === null) return ''
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
    this.#around.beginAfter(trailing)
    this.#passDocument(answer, trailing)
    this.#state = { is: 'settled', answer, rival: null }
    return trailing
  }

  #passDocument(contender: Contender, trailing: string): void {
    this.#finder!.pass(this.#around.length - trailing.length)
    this.#passed = this.#lastPassed = contender
  }

  /** A string, number or literal has to be the whole text. */
  #leaveScalar(answer: Contender): string {
    const after = answer.candidate.trailing
    this.#around.beginAfter(after)
    this.#state = { is: 'scalar', answer }
    this.#checkScalar(answer, after)
    return ''
  }

  #checkScalar(answer: Contender, text: string): void {
    const at = text.search(/[^\s`~]/)
    const { placing, skipped } = answer.found
    if (at < 0 || mayFollowValue(this.#around.after, skipped, placing.isCall)) return
    answer.candidate.failure ??= notWhole(text.slice(at), this.#around.length - text.length + at)
    this.#state = { is: 'over', answer }
  }

  /** The whole text may be one value without brackets, or it holds no document. */
  #readScalar(found: Found): void {
    const isWord = /^\p{L}/u.test(found.text)
    const isProse = isWord && mayBeText(found.text, this.#node)
    const answer = this.#reader.readWhole(found, !isProse)
    const { candidate } = answer
    const { failure } = candidate
    // Words that aren't a value are other text.
    if (failure !== null && (isWord || failure.position === found.start)) return
    if (isWord && (!candidate.isRead || !candidate.fits || candidate.trailing !== '')) return
    this.#showFirst(answer)
    this.#state = { is: 'scalar', answer }
    this.#around.beginAfterOffset(found.start + found.text.length - candidate.trailing.length)
    if (candidate.isRead) this.#checkScalar(answer, this.#around.after)
  }

  #leaveRival({ answer, rival }: SearchState & { is: 'comparing' }): string {
    const { candidate } = rival
    if (candidate.failure !== null) {
      if (candidate.failure.code === 'malformed_json' && isCutBy(answer.evidence, rival.evidence, rival.isCorrection)) {
        this.#replace(answer, rival, 'A later document is not JSON.')
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
    if (answer === broken) this.#around.beginAfter('')
    if (broken.found.placing.standing > LEAD || broken.candidate.failure!.code !== 'malformed_json') {
      return this.#seal(answer, broken)
    }
    this.#lastPassed = broken
    return this.#pass({ is: 'passing', answer, span: new BrokenSpan() }, broken.candidate.text)
  }

  #pass(state: SearchState & { is: 'passing' }, text: string): string {
    const read = state.span.push(text)
    if (read === 'open') {
      this.#state = state
      return ''
    }
    const { answer } = state
    if (read === 'lost') {
      this.#state = { is: 'sealed', answer }
      this.#finder!.seal(this.#around.length - text.length)
      return text
    }
    const rest = text.slice(read)
    this.#finder!.pass(this.#around.length - rest.length)
    this.#state = { is: 'settled', answer, rival: null }
    return rest
  }

  /** Everything so far was a thought. */
  #forget({ text }: ThoughtOver): string {
    const answer = this.#answer
    if (answer === null) return text
    if (this.#options.documents === 'one') return this.#refuse({ start: this.#around.length - text.length })
    this.#dropped = answer
    this.#doubt = null
    this.#passed = this.#lastPassed = null
    this.#state = { is: 'searching' }
    if (answer.isPublished) {
      keepRepair(this.repairs, answer.asDraft)
      this.#around.markListed()
    }
    return text
  }

  /* The choice */

  #judge(answer: Contender, rival: Contender): void {
    const verdict = answer.weigh(rival)
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

  /** `rival` is the answer from here on. */
  #replace(answer: Contender, rival: Contender, reason: string): void {
    this.#doubt = null
    if (answer.candidate.failure === null) {
      answer.publish()
      this.#around.listAfter(rival.start, this.repairs)
      keepRepair(this.repairs, answer.asDraft)
    } else {
      keepRepair(this.repairs, this.#around.before(rival.found.before ?? 'text-before', rival.start, ''))
    }
    rival.publish()
    this.#state = { is: 'settled', answer: rival, rival: null }
    this.#reader.show(rival, reason)
    this.#reader.announce(rival)
    this.#around.beginAfterOffset(rival.start + rival.candidate.text.length)
  }
}

const NOTHING_YET: never[] = []
const THOUGHT = 'The earlier document was part of a thought.'
