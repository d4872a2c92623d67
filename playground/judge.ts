import type { StructStreamError } from '../src/errors.ts'
import type { ModelEvent } from '../src/models/model.ts'
import { prepareSchema } from '../src/partial/compile-schema.ts'
import { isSamePath } from '../src/path.ts'
import { readCalls, type RecordedCall } from '../src/record/recording.ts'
import { replayCalls, replayed } from '../src/record/replay.ts'
import { runStream } from '../src/run-stream.ts'
import type { AnySchema } from '../src/schema/types.ts'
import { runOf, type StructuredStream } from '../src/stream/structured-stream.ts'
import type { FieldTimes, StreamEvent } from '../src/stream/types.ts'
import type { Issue } from '../src/types.ts'
import { changesBetween } from './changes.ts'
import type { Frame, Judgement } from './judgement.ts'
import type { JudgeRequest } from './protocol.ts'

/** Events after which others get their turn: a replay waits for nothing. */
const TURN = 500

/** Reads an answer that is there already, and notes after each of its events what is shown, wrong, repaired and complete. */
export async function judge(
  { source, onInvalid, repair }: Omit<JudgeRequest, 'schema'>,
  schema: AnySchema,
  signal: AbortSignal,
): Promise<Judgement> {
  const call = source.kind === 'recorded' ? recordedCall(source.call) : pastedCall(source)
  const notes = new Notes(call)
  const model = { ...replayCalls([call], 'The recording'), stream: () => notes.watch() }
  const stream = runStream<AnySchema>(call.header.request.messages, schema, {
    model,
    onInvalid,
    repair,
    signal,
    observe: { event: (event) => notes.take(event) },
  })
  notes.stream = stream
  const error = await stream.getResult().then(
    () => undefined,
    (thrown: StructStreamError) => thrown,
  )
  if (error?.code === 'unsupported_schema') throw error
  const { frames, stoppedAt } = notes.end(error)
  // What comes around the document is known at the end of the text, also when the run has stopped before.
  for (const repair of runOf(stream).answer?.end().repairs ?? [])
    (frameAt(frames, repair.position).repairs ??= []).push(repair)
  const recorded = charactersOf(frames)
  const read = charactersOf(frames.filter(({ isUnread }) => isUnread !== true))
  return {
    model: { provider: model.provider, id: model.id },
    frames,
    outcome: {
      ...(error !== undefined && { error: { code: error.code, message: error.message } }),
      ...(stoppedAt !== undefined && { stoppedAt }),
      read,
      recorded,
    },
    fields: await fieldTimesOf(call, schema, repair, withWrongKeys(stream.partial, error?.issues ?? [])),
  }
}

/** @throws `bad_options` for what isn't a recording */
function recordedCall(lines: string): RecordedCall {
  return readCalls(lines.split('\n'), 'The recording')[0]!
}

/** A text as a call of a model that writes it at a steady pace. */
function pastedCall({ text, chunk, delay }: Extract<JudgeRequest['source'], { kind: 'pasted' }>): RecordedCall {
  const characters = Array.from(text)
  const events: { at: number; event: ModelEvent }[] = []
  for (let start = 0; start < characters.length; start += chunk) {
    const piece = characters.slice(start, start + chunk).join('')
    events.push({ at: (events.length + 1) * delay, event: { type: 'text-delta', text: piece } })
  }
  const at = events.length * delay
  events.push({ at, event: { type: 'finish', reason: 'stop' } })
  return {
    header: {
      type: 'call',
      version: 1,
      call: 'pasted',
      model: { provider: 'pasted', id: 'text', modes: ['prompt'], dialect: 'json-schema' },
      request: { messages: [{ role: 'user', content: 'pasted' }], settings: {} },
      startedAt: '',
    },
    events,
    end: { type: 'end', call: 'pasted', at, how: 'finished' },
  }
}

/** What each event of a call has caused. A run handles an event before it asks its model for the next one. */
class Notes {
  stream: StructuredStream<unknown> | undefined
  readonly #call: RecordedCall
  readonly #frames: Frame[]
  #done = 0
  #shown: unknown
  /** Caused by the event that is being handled. */
  #caused: Partial<Frame> = {}
  #reported: Issue[] = []
  #wasLeft = false

  constructor(call: RecordedCall) {
    this.#call = call
    this.#frames = [...call.events.map(frameOf), endOf(call)]
  }

  /** The call as a model's stream. */
  async *watch(): AsyncGenerator<ModelEvent, void> {
    const { events } = this.#call
    let isStopped = true
    try {
      for (const { event } of events) {
        yield event
        this.#close(this.#done)
        if (++this.#done % TURN === 0) await new Promise(setImmediate)
      }
      isStopped = false
    } finally {
      this.#wasLeft = isStopped
    }
    yield* replayed({ ...this.#call, events: [] }, undefined, undefined)
  }

  take(event: StreamEvent): void {
    const caused = this.#caused
    if (event.type === 'value-complete') (caused.completed ??= []).push(event.path)
    else if (event.type === 'replace') caused.replaced = event.reason
    else if (event.type === 'issue') this.#issue(event.issue)
  }

  /** The run is over: what is left was caused by the event that stopped it, or by the end. */
  end(error: StructStreamError | undefined): { frames: Frame[]; stoppedAt: number | undefined } {
    // What only the whole schema finds.
    for (const issue of error?.issues ?? [])
      if (!this.#reported.some((known) => isSame(known, issue))) this.#issue(issue)
    const last = this.#frames.length - 1
    const stoppedAt = this.#wasLeft && this.#done < last ? this.#done : undefined
    this.#close(stoppedAt ?? last)
    if (stoppedAt !== undefined) for (const frame of this.#frames.slice(stoppedAt + 1)) frame.isUnread = true
    return { frames: this.#frames, stoppedAt }
  }

  #close(index: number): void {
    const partial = this.stream?.partial
    const changes = changesBetween(this.#shown, partial)
    Object.assign(this.#frames[index]!, this.#caused, changes.length > 0 && { changes })
    this.#shown = partial
    this.#caused = {}
  }

  #issue(issue: Issue): void {
    const { path, code, message, position } = issue
    this.#reported.push(issue)
    ;(this.#caused.issues ??= []).push({ path, code, message, ...(position !== undefined && { position }) })
  }
}

function isSame(a: Issue, b: Issue): boolean {
  return a.message === b.message && isSamePath(a.path, b.path)
}

function frameOf({ at, event }: RecordedCall['events'][number]): Frame {
  const { type } = event
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
    case 'extra-answer':
      return { at, type, text: event.text }
    case 'tool-call-start':
      return { at, type, text: event.name }
    case 'tool-call-delta':
      return { at, type, text: event.text }
    case 'tool-call-end':
      return { at, type, text: event.id }
    case 'file':
      return { at, type, text: `${event.file.mediaType}, ${event.file.data.length} bytes` }
    case 'usage': {
      const { outputTokens } = event.usage
      return { at, type, text: JSON.stringify(event.usage), ...(outputTokens !== undefined && { outputTokens }) }
    }
    case 'metadata':
      return { at, type, text: [event.model, event.requestId].filter((fact) => fact !== undefined).join(', ') }
    case 'finish':
      return { at, type, text: event.reason, finishReason: event.reason }
    default: {
      const never: never = event
      return never
    }
  }
}

function endOf({ end, events }: RecordedCall): Frame {
  const type = 'end'
  if (end === undefined) {
    return {
      at: events.at(-1)?.at ?? 0,
      type,
      text: 'The recording breaks off here, and so did the stream.',
      isFault: true,
    }
  }
  const { at, how, error } = end
  if (how === 'finished') return { at, type, text: 'The model has ended its stream.' }
  if (how === 'stopped') return { at, type, text: 'The run stopped its model here.', isFault: true }
  return {
    at,
    type,
    text: `The model’s stream threw ${error?.code ?? 'an error'}: ${error?.message ?? ''}`,
    isFault: true,
  }
}

/** The event that has the character at `position` of the answer's text. */
function frameAt(frames: Frame[], position: number): Frame {
  let length = 0
  const found = frames.find(({ type, text }) => {
    if (type === 'text-delta') length += text.length
    return length > position
  })
  return found ?? frames.at(-1)!
}

/** UTF-16 units of the answer. */
function charactersOf(frames: readonly Frame[]): number {
  return frames.reduce((sum, { type, text }) => sum + (type === 'text-delta' ? text.length : 0), 0)
}

/** The keys that have times: those that can be seen, and those whose values are wrong and so can't. */
function withWrongKeys(partial: unknown, issues: readonly Issue[]): unknown {
  if (typeof partial !== 'object' || partial === null || Array.isArray(partial)) return partial
  return { ...Object.fromEntries(issues.map(({ path }) => [path[0] ?? '', true])), ...partial }
}

async function fieldTimesOf(
  call: RecordedCall,
  schema: AnySchema,
  repair: boolean,
  json: unknown,
): Promise<FieldTimes> {
  const { dialect, modes } = replayCalls([call], 'The recording')
  const [mode = 'prompt'] = modes
  const { compiled } = await prepareSchema(schema, { dialect, mode })
  const pieces = call.events.flatMap(({ at, event }) => {
    return event.type === 'text-delta' ? [{ text: event.text, time: at }] : []
  })
  const limits = { repair, maxDepth: 128, maxIssues: 100 }
  return compiled.fieldTimes?.([{ pieces, parts: undefined }], limits, json) ?? {}
}
