import { StructStreamError } from '../errors.ts'
import { eventStream } from '../models/transport/event-stream.ts'
import type { Model, ModelEvent } from '../models/model.ts'
import type { Mode } from '../types.ts'
import { readFileText } from './line-file.ts'
import { fromRecordedError, readCalls, type RecordedCall, type RecordedEnd } from './recording.ts'

/** How a recording is replayed. */
export interface ReplayOptions {
  /** 1 keeps the recorded pace, 2 is twice as fast. @defaultValue as fast as possible */
  speed?: number | undefined
}

/**
 * Returns a model that gives the recorded events again, faults and errors included. Its calls answer in the order in
 * which they were recorded.
 *
 * @param source a file's path, the text of a recording, or its lines
 * @throws `bad_options` at once for what isn't a recording; a call more than were recorded ends with `bad_options`
 * @example
 * runStream('Recommend a film', Movie, { model: replay('runs/today.ndjson') })
 */
export function replay(source: string | Iterable<string>, options: ReplayOptions = {}): Model {
  checkOptions(options)
  const { name, lines } = linesOf(source)
  return replayCalls(readCalls(lines, name), name, options)
}

/** The calls of a recording as a model. */
export function replayCalls(calls: readonly RecordedCall[], name: string, { speed }: ReplayOptions = {}): Model {
  const { model, request } = calls[0]!.header
  let next = 0
  return {
    provider: model.provider,
    id: model.id,
    modes: modesOf(request.format?.mode, model.modes),
    dialect: model.dialect,
    stream: (_request, signal) => {
      const call = calls[next++]
      return eventStream(signal, (own) => {
        if (call === undefined) {
          const message = `${name} holds ${calls.length} recorded calls, and one more was made. Record it again.`
          throw new StructStreamError('bad_options', message, { provider: model.provider })
        }
        return replayed(call, own, speed)
      })
    },
  }
}

/** The events of one call, as it went. */
export function replayed(
  call: RecordedCall,
  signal: AbortSignal | undefined,
  speed: number | undefined,
): AsyncIterator<ModelEvent, undefined> & AsyncIterable<ModelEvent> {
  return speed === undefined ? new Immediate(call) : paced(call, signal, speed)
}

/** As fast as they are asked for. A generator would take three times as long for each of them. */
class Immediate implements AsyncIterableIterator<ModelEvent, undefined> {
  readonly #call: RecordedCall
  #next = 0

  constructor(call: RecordedCall) {
    this.#call = call
  }

  async next(): Promise<IteratorResult<ModelEvent, undefined>> {
    const recorded = this.#call.events[this.#next++]
    if (recorded !== undefined) return { done: false, value: recorded.event }
    // What has thrown ends quietly when it is asked once more.
    if (this.#next === this.#call.events.length + 1) endAs(this.#call.end)
    return { done: true, value: undefined }
  }

  async return(): Promise<IteratorResult<ModelEvent, undefined>> {
    this.#next = Infinity
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}

async function* paced(
  { events, end }: RecordedCall,
  signal: AbortSignal | undefined,
  speed: number,
): AsyncGenerator<ModelEvent, undefined> {
  const started = performance.now()
  const until = (at: number): Promise<void> | undefined => pause(at / speed - (performance.now() - started), signal)
  for (const { at, event } of events) {
    await until(at)
    yield event
  }
  if (end !== undefined) await until(end.at)
  endAs(end)
  return undefined
}

/** @throws what the recorded stream threw */
function endAs(end: RecordedEnd | undefined): void {
  if (end?.how === 'threw') throw fromRecordedError(end.error ?? { message: 'unknown' })
  if (end?.how === 'stopped') {
    throw new StructStreamError('aborted', 'The recording ends here: the run stopped its model when it was recorded.')
  }
}

/** The way that was used comes first, so that the same one is chosen: an answer in it is in its shape, and text in none. */
function modesOf(used: Mode = 'prompt', all: readonly Mode[]): readonly Mode[] {
  return [used, ...all.filter((mode) => mode !== used)]
}

function linesOf(source: string | Iterable<string>): { name: string; lines: Iterable<string> } {
  if (typeof source !== 'string') return { name: 'The recording', lines: source }
  if (/^\s*\{|\n/.test(source)) return { name: 'The recording', lines: source.split('\n') }
  const text = readFileText(source)
  if (text === undefined) throw new StructStreamError('bad_options', `There is no recording at ${source}.`)
  return { name: source, lines: text.split('\n') }
}

function checkOptions(options: ReplayOptions): void {
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    if (name !== 'speed') {
      throw new StructStreamError('bad_options', `Unknown option \`${name}\`. Known: \`speed\`.`)
    }
    if (value !== undefined && !(typeof value === 'number' && value > 0)) {
      throw new StructStreamError('bad_options', `\`speed\` must be a number above 0, got ${JSON.stringify(value)}.`)
    }
  }
}

/** Waits without keeping a stopped replay alive. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> | undefined {
  if (ms <= 0) return undefined
  return new Promise((resolve) => {
    const timer = setTimeout(done, Math.min(ms, 2 ** 31 - 1))
    signal?.addEventListener('abort', done, { once: true })
    function done(): void {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
  })
}
