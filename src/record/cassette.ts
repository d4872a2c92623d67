import { StructStreamError } from '../errors.ts'
import type { Model, ModelEvent, ModelRequest } from '../models/model.ts'
import { appendTo, readFileText } from './line-file.ts'
import { record } from './record.ts'
import { encodeLine, FORMAT_VERSION, readCalls, type RecordedCall, type RecordedRequest } from './recording.ts'
import { replayed } from './replay.ts'
import { withoutSecrets } from './request.ts'

/** Keeps recordings by request: with one as its store, `cassette()` is a cache of answers that replays them as streams. */
export interface RecordingStore {
  /** The recording of a request, as `set` got it. */
  get(key: string): string | undefined | Promise<string | undefined>
  /** Keeps the recording of an answer that came whole. */
  set(key: string, recording: string): void | Promise<void>
}

/**
 * Returns a model that records each request once and replays it afterwards. A request is the same when its messages,
 * schema, tools and settings are. Requests that failed are replayed in the order in which they were recorded, and an
 * answer that came whole is replayed for every further request.
 *
 * With a path, a request that isn't in the file is recorded when `STRUCTSTREAM_RECORD` is `1`, or unset outside of CI;
 * otherwise the call ends with `bad_options`. With a store, it's always asked for and kept.
 *
 * @throws `bad_options` at once for a file that isn't a recording
 * @example
 * const model = cassette('test/cassettes/movie.ndjson', openai('gpt-5.4'))
 */
export function cassette(target: string | RecordingStore, model: Model): Model {
  const { provider, id, modes, dialect } = model
  const find = typeof target === 'string' ? fileCalls(target, model) : storeCalls(target, model)
  return { provider, id, modes, dialect, stream: (request, signal) => answered(find, request, signal) }
}

/** Finds the recorded call for a request, or a model that records it. */
type Find = (request: ModelRequest) => Promise<RecordedCall | Model>

async function* answered(find: Find, request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void> {
  const found = await find(request)
  yield* 'stream' in found ? found.stream(request, signal) : replayed(found, signal, undefined)
}

function fileCalls(path: string, model: Model): Find {
  const recorded = new Map<string, RecordedCall[]>()
  const text = readFileText(path)
  if (text !== undefined && text.trim() !== '') {
    for (const call of readCalls(text.split('\n'), path)) add(recorded, keyOf(call.header.request), call)
  }
  return async (request) => {
    const key = keyOf(jsonRequest(request))
    const calls = recorded.get(key) ?? []
    // A failure is replayed once, the last whole answer as often as it's asked for.
    const call = calls.length > 1 || calls[0]?.end?.how !== 'finished' ? calls.shift() : calls[0]
    if (call !== undefined) return call
    if (!mayRecord()) throw missing(request, path)
    const file = await appendTo(path)
    const lines: string[] = []
    return record(model, async (line) => {
      await file.write(line)
      lines.push(line)
      const { type, how } = JSON.parse(line) as { type: string; how?: string }
      if (type !== 'end') return
      await file.close()
      // What failed just now is asked for again; a later process replays the failure first.
      if (how === 'finished') add(recorded, key, readCalls(lines, path)[0]!)
    })
  }
}

function storeCalls(store: RecordingStore, model: Model): Find {
  return async (request) => {
    const key = await hash(`${model.provider}/${model.id}/${keyOf(jsonRequest(request))}`)
    const text = await store.get(key)
    if (text !== undefined) return readCalls(text.split('\n'), 'The stored recording')[0]!
    const lines: string[] = []
    return record(model, async (line) => {
      lines.push(line)
      if ((JSON.parse(line) as { how?: string }).how === 'finished') await store.set(key, lines.join('\n'))
    })
  }
}

function add(calls: Map<string, RecordedCall[]>, key: string, call: RecordedCall): void {
  // What was stopped early isn't a whole answer; it's asked for again.
  if (call.end === undefined || call.end.how === 'stopped') return
  calls.set(key, [...(calls.get(key) ?? []), call])
}

/** The request as it would be read back from a file. */
function jsonRequest(request: ModelRequest): RecordedRequest {
  const { provider, id } = { provider: '', id: '' }
  const about = { provider, id, modes: [], dialect: 'json-schema' } as const
  const asked = withoutSecrets(request)
  const header = {
    type: 'call',
    version: FORMAT_VERSION,
    call: '',
    model: about,
    request: asked,
    startedAt: '',
  } as const
  return (JSON.parse(encodeLine(header, (text) => text)) as { request: RecordedRequest }).request
}

/** Equal requests have equal keys, whatever the order of their properties. */
function keyOf(request: RecordedRequest): string {
  return JSON.stringify(request, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
}

async function hash(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function mayRecord(): boolean {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } }
  const wanted = process?.env?.['STRUCTSTREAM_RECORD']
  return wanted === undefined || wanted === '' ? !process?.env?.['CI'] : wanted === '1'
}

function missing({ messages }: ModelRequest, path: string): StructStreamError {
  const last = messages.at(-1)
  const asked = typeof last?.content === 'string' ? last.content : JSON.stringify(last?.content)
  const shown = asked.length > 100 ? `${asked.slice(0, 100)}…` : asked
  const message = `The request ${JSON.stringify(shown)} isn't in ${path}. Set STRUCTSTREAM_RECORD=1 to record it.`
  return new StructStreamError('bad_options', message)
}
