import { fieldOf } from '../../src/web/client/state/field.ts'
import type { Field } from '../../src/react/index.ts'
import type { FinishReason, Issue, Path } from '../../src/types.ts'
import { withChanges } from '../changes.ts'
import type { Frame, Judgement } from '../judgement.ts'
import type { FieldSource } from './field-source.ts'
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

/** Frames between two values that are kept, so that going back costs little and a long recording takes little memory. */
const STRIDE = 128

/** More can't be seen in one bar. */
const MOST_INSIDE = 80

/** Milliseconds that one played event is shown at most: no one wants to wait for a minute. */
const LONGEST_PAUSE = 3_000

/** What is known at one frame. */
interface Moment {
  readonly partial: unknown
  readonly issues: readonly Issue[]
  readonly isComplete: (path: Path) => boolean
}

/**
 * A judged recording, shown up to one of its events. It is read like a live run: the same panes draw both.
 */
export class Playback implements LogSource, FieldSource {
  readonly judgement: Judgement
  readonly #frames: readonly Frame[]
  /** The value before every frame whose number is a multiple of `STRIDE`. */
  readonly #kept: unknown[] = []
  readonly #notes: (Note & { frame: number })[] = []
  readonly #issues: { frame: number; issue: Issue }[] = []
  /** By path, the frames at which the place was complete. */
  readonly #completed = new Map<string, number[]>()
  readonly #fields = new Map<string | number, FieldSpan>()
  /** Frames at which another document took the place of the one before. */
  readonly #replaced: number[] = []
  #index: number
  #moment: Moment
  #state: LogState
  #listeners = new Set<() => void>()
  #sinks = new Set<TextSink>()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(judgement: Judgement) {
    this.judgement = judgement
    this.#frames = judgement.frames
    this.#index = this.last
    // A wrong value is never seen, but it took its time.
    for (const [key, { start, end }] of Object.entries(judgement.fields)) {
      const frame = this.#frames.findIndex(({ at }) => at >= start)
      this.#fields.set(key, { key, frame, from: start, end, completeAt: undefined, inside: [] })
    }
    let value: unknown
    for (const [index, frame] of this.#frames.entries()) {
      if (index % STRIDE === 0) this.#kept.push(value)
      value = withChanges(value, frame.changes ?? [])
      this.#note(frame, index)
      this.#follow(value, frame, index)
    }
    this.#moment = this.#momentAt(value)
    this.#state = this.#stateAt()
  }

  /** The number of the last frame. */
  get last(): number {
    return this.#frames.length - 1
  }

  /** The frame up to which it is shown. */
  get index(): number {
    return this.#index
  }

  get frames(): readonly Frame[] {
    return this.#frames
  }

  get isPlaying(): boolean {
    return this.#timer !== undefined
  }

  readonly getState = (): LogState & { partial: unknown; data: unknown; text: string } =>
    this.#state as ReturnType<Playback['getState']>

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  attach(sink: TextSink): () => void {
    this.#sinks.add(sink)
    this.#write(sink, 0)
    return () => void this.#sinks.delete(sink)
  }

  reader(path: Path): () => Field {
    let field: Field | undefined
    return () => (field = fieldOf<unknown>(this.#moment, path, field))
  }

  /** Shows everything up to frame `index`. */
  seek(index: number): void {
    this.pause()
    this.#show(index)
    this.#tell()
  }

  /** Plays on from here, or from the beginning when it is at its end. @param speed 1 is the recorded pace */
  play(speed: number): void {
    this.pause()
    if (this.#index === this.last) this.#show(0)
    this.#next(speed)
    this.#tell()
  }

  pause(): void {
    if (this.#timer === undefined) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#tell()
  }

  #next(speed: number): void {
    const now = this.#frames[this.#index]!.at
    const wait = Math.min(LONGEST_PAUSE, (this.#frames[this.#index + 1]!.at - now) / speed)
    const started = performance.now()
    this.#timer = setTimeout(() => {
      // Timers come late: what is due by now is shown together.
      const due = now + (performance.now() - started) * speed
      let index = this.#index + 1
      while (index < this.last && this.#frames[index + 1]!.at <= due) index++
      this.#show(index)
      this.#timer = undefined
      if (index < this.last) this.#next(speed)
      this.#tell()
    }, wait)
  }

  #show(wanted: number): void {
    const index = Math.max(0, Math.min(this.last, wanted))
    const before = this.#index
    if (index === before) return
    // From the value that is shown, or from the nearest one that was kept.
    const base = Math.floor(index / STRIDE) * STRIDE
    const isNear = before < index && before >= base - 1
    let value = isNear ? this.#moment.partial : this.#kept[base / STRIDE]
    for (let at = isNear ? before + 1 : base; at <= index; at++)
      value = withChanges(value, this.#frames[at]!.changes ?? [])
    this.#index = index
    this.#moment = this.#momentAt(value)
    for (const sink of this.#sinks) {
      if (index < before) sink.clear()
      this.#write(sink, index < before ? 0 : before + 1)
    }
  }

  #tell(): void {
    this.#state = this.#stateAt()
    for (const listener of this.#listeners) listener()
  }

  #momentAt(partial: unknown): Moment {
    const index = this.#index
    const start = this.#replaced.findLast((frame) => frame <= index) ?? 0
    return {
      partial,
      issues: this.#issues.filter(({ frame }) => frame <= index && frame >= start).map(({ issue }) => issue),
      isComplete: (path) => {
        const frames = this.#completed.get(JSON.stringify(path)) ?? []
        return frames.some((frame) => frame <= index && frame >= start)
      },
    }
  }

  #note({ at, issues = [], repairs = [], completed = [], replaced }: Frame, frame: number): void {
    if (replaced !== undefined) {
      this.#replaced.push(frame)
      this.#notes.push({ frame, at, kind: 'restart', code: 'replace', path: undefined, text: replaced })
    }
    for (const issue of issues) {
      const { path, code, message, position } = issue
      const where = position === undefined ? '' : ` (character ${position.toLocaleString('en')})`
      this.#issues.push({ frame, issue })
      this.#notes.push({ frame, at, kind: 'issue', code, path, text: `${message}${where}` })
    }
    for (const { kind, path, before, after, position } of repairs) {
      const text = `at character ${position.toLocaleString('en')}`
      this.#notes.push({ frame, at, kind: 'repair', code: kind, path, text, before, after })
    }
    for (const path of completed) {
      const key = JSON.stringify(path)
      this.#completed.set(key, [...(this.#completed.get(key) ?? []), frame])
    }
  }

  #write(sink: TextSink, from: number): void {
    const pieces: TextPiece[] = from === 0 ? [{ type: 'attempt', attempt: this.#attempt() }] : []
    for (const { type, text, isUnread } of this.#frames.slice(from, this.#index + 1)) {
      const isText = type === 'text-delta' || type === 'refusal-delta'
      if (isText || type === 'reasoning-delta')
        pieces.push({ type: isUnread === true ? 'unread' : isText ? 'text' : 'reasoning', text })
    }
    sink.push(pieces)
    if (this.#index === this.last) sink.end()
  }

  #stateAt(): ReturnType<Playback['getState']> {
    const index = this.#index
    const shown = this.#frames.slice(0, index + 1)
    const isAtEnd = index === this.last
    const attempt = this.#attempt()
    const { partial } = this.#moment
    return {
      ...nothing,
      endedAt: this.#frames[index]!.at,
      span: this.#frames[this.last]!.at,
      firstDelta: shown.find(({ type }) => type.endsWith('-delta'))?.at,
      firstPartial: shown.find(({ changes }) => changes !== undefined)?.at,
      attempts: [attempt],
      fields: this.#fieldsAt(),
      notes: this.#notes.filter(({ frame }) => frame <= index),
      wholeLength: isAtEnd ? this.judgement.outcome.recorded : undefined,
      partial,
      data: undefined,
      get text() {
        return shown
          .filter(({ type, isUnread }) => type === 'text-delta' && isUnread !== true)
          .map(({ text }) => text)
          .join('')
      },
    }
  }

  #attempt(): AttemptLog {
    const { model, outcome } = this.judgement
    const shown = this.#frames.slice(0, this.#index + 1)
    const read = shown.filter(({ isUnread }) => isUnread !== true)
    const isStopped = outcome.stoppedAt !== undefined && this.#index >= outcome.stoppedAt
    const finish = read.find(({ finishReason }) => finishReason !== undefined)?.finishReason
    const isOver = isStopped || this.#index === this.last || finish !== undefined
    return {
      number: 1,
      kind: 'first',
      provider: model.provider,
      model: model.id,
      from: 0,
      to: isOver ? read.at(-1)?.at : undefined,
      chars: read.reduce((sum, { type, text }) => sum + (type === 'text-delta' ? text.length : 0), 0),
      outputTokens: read.findLast(({ outputTokens }) => outputTokens !== undefined)?.outputTokens,
      finishReason: finish as FinishReason | undefined,
      isStopped,
    }
  }

  /** What can be seen for the first time in `value`, and what was complete. */
  #follow(value: unknown, { at, completed = [] }: Frame, frame: number): void {
    if (typeof value === 'object' && value !== null) {
      // Only what is new at the end of a list, which may be long.
      const keys = Array.isArray(value) ? range(this.#fields.size, value.length) : Object.keys(value)
      for (const key of keys) {
        if (this.#fields.has(key)) continue
        this.#fields.set(key, { key, frame, from: at, end: undefined, completeAt: undefined, inside: [] })
      }
    }
    for (const path of completed) {
      const field = path.length === 0 ? undefined : this.#fields.get(path[0]!)
      if (field === undefined) continue
      if (path.length === 1) field.completeAt ??= frame
      else if (field.inside.length < MOST_INSIDE) field.inside.push({ frame, at })
    }
  }

  #fieldsAt(): FieldLog[] {
    const index = this.#index
    return [...this.#fields.values()]
      .filter(({ frame }) => frame <= index)
      .map(({ key, from, end, completeAt, inside }) => ({
        key,
        from,
        to: completeAt === undefined || completeAt > index ? undefined : (end ?? this.#frames[completeAt]!.at),
        inside: inside.filter(({ frame }) => frame <= index).map(({ at }) => at),
      }))
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index)
}

/** A field of the root, or an element of it. */
interface FieldSpan {
  key: string | number
  /** At which it can first be seen. */
  frame: number
  /** Milliseconds. */
  from: number
  end: number | undefined
  completeAt: number | undefined
  inside: { frame: number; at: number }[]
}
