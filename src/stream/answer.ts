import { DeltaList } from '../async/delta-list.ts'
import { StructStreamError } from '../errors.ts'
import type {
  CompiledSchema,
  Interpreter,
  InterpreterOptions,
  TimedSegment,
  Translation,
} from '../partial/interpreter.ts'
import { userCodeError } from '../partial/user-code.ts'
import { ListenerHub } from '../partial/listeners.ts'
import { pathsIn, valueAt, type Path, type PathPattern } from '../path.ts'
import type { Issue, Repair } from '../types.ts'
import { ArrivalTimes } from './arrival-times.ts'
import { withValues } from './issue-values.ts'
import type { RuleRuns } from '../partial/rule-runs.ts'
import type { SnapshotContext } from './snapshot.ts'
import { AnswerEvents } from './answer-events.ts'
import { ReplayedEvents } from './replayed-events.ts'

/** One key of a document that has parts of an answer. */
export interface PartKey {
  name: string
  path: Path
  /** Elements of the array at `path` from this index on; absent: the value at `path`, or the rest of it. */
  from?: number
}

/** What the text of a further attempt has: in addition to the answer and the schema, enough to read it in a page. */
export interface RepairedParts {
  readonly keys: readonly PartKey[]
  /** Places that are taken out. */
  readonly dropped: readonly Path[]
}

/** How a reading continues with the text of a further attempt. */
export interface Join {
  /** Absent where this end cannot place the parts. */
  readonly told?: RepairedParts
  /** Of the text; null: it comes in the user's shape. */
  readonly decoding: Translation | null
  /** What reads the text, given what has read the answer so far. */
  apply(base: Interpreter): Interpreter
}

/** Events for those who keep up with the text. */
const KEPT_EVENTS = 500

/**
 * One answer's text and its reading. The text is read only when a consumer pulls: then everything since the last
 * look goes through the interpreter, so a consumer costs what it uses, and a run without one is read once, at
 * its end. Every reader goes through `read()`, so what it sees is always up to date.
 */
export class Answer {
  readonly deltas = new DeltaList()
  readonly compiled: CompiledSchema
  readonly options: InterpreterOptions
  #onFailure: ((error: StructStreamError) => void) | undefined
  #onIssue: ((issue: Issue) => void) | undefined
  #rules: RuleRuns | undefined
  /** Everything that listens to what its text says, whatever reads it. */
  readonly #hub = new ListenerHub()
  #interpreter: Interpreter
  /** The attempts that wrote it, from which delta on, and whether the text before it had ended by then. */
  readonly #parts: { attempt: number; from: number; start: number; join: Join | undefined; isAfterEnd: boolean }[]
  /** When its text arrived. */
  readonly times = new ArrivalTimes()
  /** Repairs of what the text was made from, before it was read. */
  readonly #sourceRepairs: Repair[] = []
  #read = 0
  #isReading = false
  /** What ended the reading early: a limit, or an error that user code threw. */
  error: StructStreamError | undefined
  #isEnded = false
  #isJoined = false
  /** Null: there are none from the text's beginning on. */
  #trace: AnswerEvents | null | undefined
  #final: { value: unknown } | undefined
  #isShown = false

  constructor(attempt: number, compiled: CompiledSchema, options: InterpreterOptions) {
    this.#parts = [{ attempt, from: 0, start: 0, join: undefined, isAfterEnd: false }]
    this.compiled = compiled
    this.options = options
    this.#interpreter = this.#newInterpreter(this.#hub)
  }

  /**
   * `onFailure` hears of what must stop the request: a limit passed, or an error that user code threw; `onIssue` of an
   * issue that a rule has found, at any time.
   */
  stopWith(onFailure: (error: StructStreamError) => void, onIssue?: (issue: Issue) => void): void {
    this.#onFailure = onFailure
    this.#onIssue = onIssue
  }

  /** From here on the schema's rules are run. Its text has to be read as it comes then. */
  runRules(signal?: AbortSignal): void {
    const onThrow = (cause: unknown): void => this.#fail(userCodeError(cause))
    const onIssue = (issue: Issue): void => {
      this.#onIssue?.(issue)
      const { maxIssues } = this.options
      if (this.error !== undefined || this.issues.length < maxIssues) return
      const message = `The answer has ${maxIssues} issues (limits.maxIssues): it was given up.`
      this.#fail(new StructStreamError('limit_exceeded', message, { path: issue.path }))
    }
    this.#rules = this.compiled.rules?.({ signal, onThrow, onIssue })
    this.#hub.rules = this.#rules ?? null
  }

  get hasRules(): boolean {
    return this.#rules !== undefined
  }

  /** The final validation has made `value`, of which some rules have waited for a part. */
  judgeRest(value: unknown): void {
    this.#rules?.startRest(value)
  }

  /** Resolves when each rule has its verdict. @throws what a rule has thrown */
  async judged(): Promise<void> {
    await this.#rules?.settled()
  }

  /** Another answer takes its place. */
  forgetRules(): void {
    this.#rules?.forget([])
  }

  /** The text is kept once: by the log. */
  #newInterpreter(hub: ListenerHub): Interpreter {
    return this.compiled.interpreter(this.options, { hub, text: () => this.deltas.text })
  }

  /** Number of the attempt that is writing it, or was the last to. */
  get attempt(): number {
    return this.#parts.at(-1)!.attempt
  }

  /** What came isn't one text: some of it belongs in the middle of the rest. */
  get isJoined(): boolean {
    return this.#isJoined
  }

  /** The answer as one text: what came, or the JSON of what several attempts wrote together. */
  get document(): string {
    return this.#isJoined ? JSON.stringify(this.#interpreter.raw()) : this.deltas.text
  }

  /** Where what an attempt wrote begins in the text. */
  startOf(attempt: number): number {
    return this.#parts.find((part) => part.attempt === attempt)?.start ?? 0
  }

  /**
   * How what an attempt wrote is joined into what was there; undefined: it wrote no parts. An answer that was healed
   * without a further call was joined after that attempt had begun, which doesn't count.
   */
  joinOf(attempt: number): Join | undefined {
    return this.#parts.find((part) => part.attempt === attempt)?.join
  }

  /**
   * Its text by what it was read by, from the document that counts on; parts that this end could not place are left
   * out.
   */
  segments(): TimedSegment[] {
    const { text, length } = this.deltas
    const first = this.read().documents.at(-1)?.start ?? 0
    const firsts = this.#parts.filter(({ join }, index) => index === 0 || join !== undefined)
    return firsts.flatMap(({ start, join }, index) => {
      if (join !== undefined && join.told === undefined) return []
      const parts = join?.told && { keys: join.told.keys, decoding: join.decoding }
      const from = index === 0 ? first : start
      return [{ pieces: this.times.pieces(text, from, firsts[index + 1]?.start ?? length), parts }]
    })
  }

  /** Number of the attempt that wrote a delta. */
  attemptOf(delta: number): number {
    return this.#parts.findLast(({ from }) => from <= delta)!.attempt
  }

  /**
   * A further attempt writes on: what comes from here on is read by what `join` makes of the reading so far. Without
   * it there was only a pause.
   */
  extend(
    attempt: number,
    join: Join | undefined,
    onFailure?: (error: StructStreamError) => void,
    onIssue?: (issue: Issue) => void,
  ): void {
    this.read()
    this.#onFailure = onFailure
    this.#onIssue = onIssue
    this.#parts.push({
      attempt,
      from: this.deltas.count,
      start: this.deltas.length,
      join,
      isAfterEnd: this.#isEnded,
    })
    this.#isEnded = false
    const known = this.#interpreter.repairs.length
    this.#isJoined ||= join !== undefined
    this.#guarded(() => {
      this.#interpreter = join?.apply(this.#interpreter) ?? this.#interpreter
    })
    this.#trace?.listen(this.#interpreter, attempt, known)
    this.#trace?.collect(this.#read)
  }

  /** The interpreter, with all of the text in it. */
  read(): Interpreter {
    // User code that runs inside may look at the stream again.
    if (this.#read === this.deltas.count || this.#isReading || this.error !== undefined) return this.#interpreter
    this.#guarded(() => {
      if (!this.#trace) {
        const text = this.deltas.from(this.#read)
        this.#read = this.deltas.count
        this.#interpreter.push(text)
      } else {
        while (this.#read < this.deltas.count) {
          this.#interpreter.push(this.deltas.at(this.#read++))
          this.#trace.collect(this.#read)
        }
      }
    })
    const { failure } = this.#interpreter
    if (failure?.code === 'limit_exceeded')
      this.#fail(new StructStreamError(failure.code, failure.message, { ...failure }))
    return this.#interpreter
  }

  /** The text is over. */
  end(): Interpreter {
    this.read()
    if (!this.#isEnded && this.error === undefined) {
      this.#isEnded = true
      this.#guarded(() => this.#interpreter.end())
      this.#trace?.collect(this.#read)
    }
    return this.#interpreter
  }

  /** The validated value takes the last partial's place. */
  settle(value: unknown): void {
    this.#final = { value }
  }

  /** The newest partial; `exact` never lags in wide containers. */
  value(exact?: boolean): unknown {
    if (this.#final !== undefined) return this.#final.value
    this.#isShown = true
    let value: unknown
    this.read()
    this.#guarded(() => {
      value = this.#interpreter.snapshot(exact)
    })
    return value
  }

  /** The exact last partial; `undefined` if no one has read a partial: nothing is built needlessly. */
  shown(): unknown {
    return this.#isShown ? this.value(true) : undefined
  }

  /** What of the last `value()` may still change or be found wrong. */
  circumstances(): SnapshotContext {
    if (this.#final !== undefined) return { open: null, unsure: [], issues: this.issues }
    const { unsure } = this.#interpreter
    return { open: this.#interpreter.openPlace(), unsure, issues: this.issues }
  }

  /** How often the document that counts has given way to another one. Consumers of one place begin again then. */
  get replacements(): number {
    return Math.max(0, this.read().documents.length - 1)
  }

  get issues(): readonly Issue[] {
    const { issues } = this.read()
    return this.#rules === undefined ? issues : [...issues, ...this.#rules.issues]
  }

  /** The issues with what the model wrote at their places. Reads the text again. */
  issuesWithValues(): Issue[] {
    const { issues } = this
    return issues.length === 0 ? [] : withValues(issues, this.#interpreter.written())
  }

  get repairs(): readonly Repair[] {
    const { repairs } = this.read()
    return this.#sourceRepairs.length === 0 ? repairs : [...this.#sourceRepairs, ...repairs]
  }

  /** Notes a repair of what the text was made from. */
  addRepair(repair: Repair): void {
    this.#sourceRepairs.push(repair)
  }

  /**
   * The newest events that the text causes, up to date; null: no one asked for them before the text was read, so that
   * they are in none but a replay.
   */
  trace(): AnswerEvents | null {
    if (this.#trace === undefined) {
      const isNew = this.#read === 0 && this.#parts.length === 1 && this.error === undefined
      this.#trace = isNew ? new AnswerEvents(KEPT_EVENTS) : null
      this.#trace?.listen(this.#interpreter, this.attempt)
    }
    this.read()
    return this.#trace
  }

  /** The events that the text causes, from number `from` on. Reads the text again, as far as they are asked for. */
  replay(from: number): ReplayedEvents {
    const answer = {
      parts: this.#parts,
      deltas: this.deltas,
      count: () => {
        this.read()
        return this.#read
      },
      isEnded: () => this.#isEnded,
      newInterpreter: (hub: ListenerHub) => this.#newInterpreter(hub),
      guarded: (work: () => void) => this.#guarded(work),
    }
    return new ReplayedEvents(answer, from)
  }

  /**
   * Elements of the arrays at `pattern` with their paths: those complete already, then each as it completes, given to
   * `listener`. What only the final validation can judge isn't among them.
   */
  watchElements(pattern: PathPattern, listener: (element: unknown, path: Path) => void): () => void {
    const interpreter = this.read()
    const value = interpreter.snapshot(true)
    for (const place of pathsIn(value, pattern)) {
      const complete = interpreter.completedElements(place)
      const array = complete.length === 0 ? [] : (valueAt(value, place) as unknown[])
      let index = 0
      for (const element of complete) {
        index = Math.max(index, array.indexOf(element, index))
        listener(element, [...place, index++])
      }
    }
    return this.#hub.addElements({ path: pattern, listener })
  }

  /** Elements of the arrays at `pattern` of the validated value, without those whose paths are `known`. */
  elementsExcept(pattern: PathPattern, known: (path: Path) => boolean): unknown[] {
    const value = this.value()
    return pathsIn(value, pattern).flatMap((place) => {
      const array = valueAt(value, place)
      return Array.isArray(array) ? array.filter((_, index) => !known([...place, index])) : []
    })
  }

  /** Text of the string at `path`: what is there already, then what comes, given to `listener`. */
  watchField(path: Path, listener: (piece: string) => void): () => void {
    return this.read().watchField(path, listener)
  }

  #guarded(work: () => void): void {
    const wasReading = this.#isReading
    this.#isReading = true
    try {
      work()
    } catch (cause) {
      this.#fail(userCodeError(cause))
    } finally {
      this.#isReading = wasReading
    }
  }

  #fail(error: StructStreamError): void {
    this.error = error
    this.#onFailure?.(error)
  }
}
