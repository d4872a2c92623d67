import { onNextFrame } from '../../src/web/client/state/animation-frame.ts'
import type { StructuredStream } from '../../src/stream/structured-stream.ts'
import type { StreamEvent } from '../../src/stream/types.ts'
import { isSamePath } from '../../src/path.ts'
import type { AttemptResult, Issue, Path } from '../../src/types.ts'
import { pathText } from './format.ts'
import {
  nothing,
  type AttemptLog,
  type FieldLog,
  type LogSource,
  type LogState,
  type Note,
  type TextPiece,
  type TextSink,
} from './log-state.ts'

/** Milliseconds between two states: figures that change faster cannot be read. */
const PACE = 100

/** More than anybody can tell apart in one bar. */
const MOST_INSIDE = 80

/**
 * What happens in a run and when, read from `streamEvents()`; told to its subscribers ten times a second. The text
 * itself is only passed on, once a frame.
 */
export class RunLog implements LogSource {
  #state = nothing
  #stream: StructuredStream<unknown> | undefined
  #attempts: AttemptLog[] = []
  #fields = new Map<string | number, FieldLog>()
  #fieldList: FieldLog[] = []
  #notes: Note[] = []
  #pieces: TextPiece[] = []
  /** How the next attempt came about. */
  #nextKind: AttemptResult['kind'] = 'first'
  #stopFrame: (() => void) | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #listeners = new Set<() => void>()
  #sinks = new Set<TextSink>()

  readonly getState = (): LogState => this.#state

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  attach(sink: TextSink): () => void {
    this.#sinks.add(sink)
    return () => void this.#sinks.delete(sink)
  }

  clear(): void {
    this.#stopFrame?.()
    this.#stopFrame = undefined
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#stream = undefined
    this.#attempts = []
    this.#fields = new Map()
    this.#fieldList = []
    this.#notes = []
    this.#pieces = []
    this.#nextKind = 'first'
    for (const sink of this.#sinks) sink.clear()
    this.#show(nothing)
  }

  /** From the response's head. */
  setWholeLength(length: number): void {
    this.#change({ wholeLength: length })
  }

  /** Follows a stream from its start to its end. */
  async follow(stream: StructuredStream<unknown>): Promise<void> {
    this.clear()
    this.#stream = stream
    this.#show({ ...nothing, isRunning: true, startedAt: performance.now() })
    let isStopped = false
    try {
      for await (const event of stream.streamEvents()) {
        if (this.#stream !== stream) return
        this.#take(event, stream)
      }
    } catch (error) {
      const { code } = error as { code?: string }
      isStopped = code === 'aborted' || code === 'invalid_data'
    }
    if (this.#stream !== stream) return
    this.#closeAttempt(isStopped)
    this.#look(stream)
    await this.#takeTimes(stream)
    // What only the server's schema finds comes with the error.
    for (const issue of stream.issues) if (!this.#knows(issue)) this.#noteIssue(issue, this.#now())
    this.#change({ isRunning: false, endedAt: this.#now() })
    this.#stopFrame?.()
    this.#stopFrame = undefined
    this.#passOn()
    this.#tell()
    for (const sink of this.#sinks) sink.end()
  }

  #take(event: StreamEvent, stream: StructuredStream<unknown>): void {
    const at = this.#now()
    const attempt = this.#attempts.at(-1)
    switch (event.type) {
      case 'attempt-start':
        this.#closeAttempt(false)
        this.#begin(event, at)
        break
      case 'text-delta':
      case 'reasoning-delta': {
        const isText = event.type === 'text-delta'
        if (attempt !== undefined && isText) attempt.chars += event.text.length
        if (this.#state.firstDelta === undefined) this.#change({ firstDelta: at })
        if (this.#state.firstPartial === undefined && isText && stream.partial !== undefined)
          this.#change({ firstPartial: at })
        this.#pieces.push({ type: isText ? 'text' : 'reasoning', text: event.text })
        break
      }
      case 'value-complete':
        this.#complete(event.path, at)
        break
      case 'issue':
        this.#noteIssue(event.issue, at)
        break
      case 'repair': {
        const { kind, path, before, after } = event.repair
        this.#notes.push({ at, kind: 'repair', code: kind, path, text: '', before, after })
        break
      }
      case 'replace':
        this.#notes.push({ at, kind: 'restart', code: 'replace', path: undefined, text: event.reason })
        break
      case 'restart': {
        this.#closeAttempt(event.issues.length > 0)
        this.#nextKind = 'restart'
        this.#notes.push({ at, kind: 'restart', code: 'restart', path: undefined, text: event.reason })
        break
      }
      case 'patch': {
        this.#nextKind = 'patch'
        const text = `asks only for ${placesOf(event.paths)}`
        this.#notes.push({ at, kind: 'patch', code: 'patch', path: undefined, text })
        break
      }
      case 'recover': {
        this.#nextKind = 'recover'
        this.#notes.push({
          at,
          kind: 'recover',
          code: 'recover',
          path: undefined,
          text: `continues after: ${event.reason}`,
        })
        break
      }
      case 'usage':
        if (attempt !== undefined) attempt.outputTokens = event.usage.outputTokens
        break
      case 'finish':
        if (attempt !== undefined) attempt.finishReason = event.reason
        this.#closeAttempt(false)
        break
      case 'tool-call-start':
      case 'tool-call-delta':
      case 'tool-call-end':
      case 'tool-result':
      case 'file':
      case 'extra-answer':
        // The playground gives its models no tools.
        break
      default: {
        const never: never = event
        return never
      }
    }
    this.#stopFrame ??= onNextFrame(() => {
      this.#stopFrame = undefined
      this.#look(stream)
      this.#passOn()
      this.#timer ??= setTimeout(() => this.#tell(), PACE)
    })
  }

  #begin({ attempt: number, provider, model }: Extract<StreamEvent, { type: 'attempt-start' }>, at: number): void {
    const kind = this.#nextKind
    if (kind === 'restart') {
      this.#fields = new Map()
      this.#fieldList = []
    }
    const attempt: AttemptLog = {
      number,
      kind,
      provider,
      model,
      from: at,
      to: undefined,
      chars: 0,
      outputTokens: undefined,
      finishReason: undefined,
      isStopped: false,
    }
    this.#attempts.push(attempt)
    this.#pieces.push({ type: 'attempt', attempt })
  }

  #closeAttempt(isStopped: boolean): void {
    const attempt = this.#attempts.at(-1)
    if (attempt === undefined || attempt.to !== undefined) return
    attempt.to = this.#now()
    attempt.isStopped = isStopped
  }

  /** The times of the fields as the run has them: until then, each was first seen a frame after it began. */
  async #takeTimes(stream: StructuredStream<unknown>): Promise<void> {
    const times = await stream.getResult().then(
      ({ timing }) => timing.fields,
      () => ({}),
    )
    for (const [key, { start, end }] of Object.entries(times)) {
      const field = this.#fields.get(key)
      if (field === undefined) continue
      field.from = start
      field.to = end
    }
  }

  #noteIssue({ path, code, message }: Issue, at: number): void {
    this.#notes.push({ at, kind: 'issue', code, path, text: message })
  }

  #knows({ path, message }: Issue): boolean {
    return this.#notes.some((note) => {
      return note.kind === 'issue' && note.text === message && isSamePath(note.path ?? [], path)
    })
  }

  #complete(path: Path, at: number): void {
    const [key] = path
    if (key === undefined) return
    const field = this.#field(key, at)
    if (path.length === 1) field.to = at
    else if (field.inside.length < MOST_INSIDE) field.inside.push(at)
  }

  /** What has begun since the last frame. */
  #look(stream: StructuredStream<unknown>): void {
    const { partial } = stream
    if (typeof partial !== 'object' || partial === null) return
    const at = this.#now()
    if (Array.isArray(partial)) for (let key = this.#fields.size; key < partial.length; key++) this.#field(key, at)
    else for (const key of Object.keys(partial)) this.#field(key, at)
  }

  #field(key: string | number, at: number): FieldLog {
    let field = this.#fields.get(key)
    if (field === undefined) {
      field = { key, from: at, to: undefined, inside: [] }
      this.#fields.set(key, field)
      this.#fieldList.push(field)
    }
    return field
  }

  #now(): number {
    return performance.now() - this.#state.startedAt
  }

  #change(change: Partial<LogState>): void {
    this.#state = { ...this.#state, ...change }
  }

  #passOn(): void {
    const pieces = this.#pieces
    this.#pieces = []
    if (pieces.length > 0) for (const sink of this.#sinks) sink.push(pieces)
  }

  #tell(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#show({ ...this.#state, attempts: this.#attempts, fields: this.#fieldList, notes: this.#notes })
  }

  #show(state: LogState): void {
    this.#state = state
    for (const listener of this.#listeners) listener()
  }
}

function placesOf(paths: readonly Path[]): string {
  return paths.length === 1 ? pathText(paths[0]!) : `${paths.length} places: ${paths.map(pathText).join(', ')}`
}
