import { EventSchemas } from '@ag-ui/core/schemas'
import { uiMessageChunkSchema } from 'ai'
import { createParser } from 'eventsource-parser'
import type { FormatName } from '../../src/web/server/index.ts'
import type { AnySchema } from '../../src/index.ts'
import { connect } from '../../src/web/client/index.ts'

/** How a stream ended for one reader, and what it was shown on the way. */
export interface Reading {
  outcome: { value: unknown } | { code: string }
  /** The JSON text that was given in addition to the value, if any was. */
  text?: string | undefined
  /** The values that were shown, in order. */
  shown: unknown[]
}

type Fields = { type: string; [field: string]: unknown }

/** Reads a response to its end, each format as its usual readers do. */
export async function readFormat(format: FormatName, response: Response, schema: unknown): Promise<Reading> {
  switch (format) {
    case 'sse':
    case 'ndjson':
      return await readOurs(response, schema)
    case 'text':
      return await readText(response, schema !== undefined)
    case 'ui-message':
      return readUiMessage(await uiChunks(response))
    case 'ag-ui':
      return readAgUi(await agUiEvents(response))
    default: {
      const never: never = format
      throw new Error(String(never))
    }
  }
}

async function readOurs(response: Response, schema: unknown): Promise<Reading> {
  const stream = connect(response, schema as AnySchema, { reconnects: 0 })
  const shown: unknown[] = []
  try {
    for await (const value of stream.streamPartial()) shown.push(value)
    return { outcome: { value: await stream.getData() }, text: await stream.getText(), shown }
  } catch (error) {
    return { outcome: { code: codeOf(error) }, shown }
  }
}

async function readText(response: Response, isJson: boolean): Promise<Reading> {
  try {
    const text = await response.text()
    if (!response.ok) return { outcome: { code: response.headers.get('x-structstream-error') ?? 'none' }, shown: [] }
    return { outcome: { value: isJson ? (JSON.parse(text) as unknown) : text }, text, shown: [] }
  } catch (error) {
    return { outcome: { code: codeOf(error) }, shown: [] }
  }
}

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? `untyped: ${String(error)}`

/** The data of a response's server-sent events. */
async function sseData(response: Response): Promise<string[]> {
  const data: string[] = []
  createParserFor(data).feed(await response.text())
  return data
}

const createParserFor = (data: string[]) => createParser({ onEvent: (event) => data.push(event.data) })

/** The chunks of a UI message stream, each valid for the AI SDK. @throws where one isn't, or the stream was cut */
async function uiChunks(response: Response): Promise<Fields[]> {
  const data = await sseData(response)
  if (data.at(-1) !== '[DONE]') throw new Error('The stream was cut.')
  const schema = uiMessageChunkSchema()
  for (const line of data.slice(0, -1)) {
    const checked = await schema.validate!(JSON.parse(line))
    if (!checked.success) throw checked.error
  }
  return data.slice(0, -1).map((line) => JSON.parse(line) as Fields)
}

/** Reads chunks as the AI SDK makes a message of them. */
export function readUiMessage(chunks: readonly Fields[]): Reading {
  const shown: unknown[] = []
  const texts = new Map<unknown, string>()
  const open = new Set<unknown>()
  let outcome: Reading['outcome'] | undefined
  for (const chunk of chunks) {
    const { type, id } = chunk
    if (outcome !== undefined) throw new Error(`A chunk ${type} comes after the end.`)
    if (type === 'data-object') shown.push(chunk['data'])
    if (type === 'text-start') open.add(id)
    if (type === 'text-delta') {
      if (!open.has(id)) throw new Error('Text grows that was not opened.')
      texts.set(id, (texts.get(id) ?? '') + String(chunk['delta']))
    }
    if (type === 'text-end') open.delete(id)
    if (type === 'error') outcome = { code: String(chunk['errorText']).split(':')[0]! }
    if (type === 'abort') outcome = { code: 'aborted' }
    if (type === 'finish') outcome = { value: shown.length > 0 ? shown.at(-1) : [...texts.values()].join('') }
  }
  if (open.size > 0) throw new Error('Text is open at the end.')
  return { outcome: outcome ?? { code: 'none' }, text: [...texts.values()].join(''), shown }
}

/** The events of an AG-UI run, each valid by AG-UI's own schemas. */
async function agUiEvents(response: Response): Promise<Fields[]> {
  return (await sseData(response)).map((line) => {
    const event = JSON.parse(line) as Fields
    EventSchemas.parse(event)
    return event
  })
}

const PAIRS = {
  TEXT_MESSAGE: 'messageId',
  REASONING_MESSAGE: 'messageId',
  REASONING: 'messageId',
  TOOL_CALL: 'toolCallId',
}

/**
 * Reads events by the MUSTs of AG-UI 1.0: a run begins with RUN_STARTED, ends once, what grows is open, what was opened is
 * closed before the run finishes, and a patch applies.
 */
export function readAgUi(events: readonly Fields[], start: unknown = {}): Reading & { state: unknown } {
  const open = new Set<string>()
  const texts = new Map<unknown, string>()
  const shown: unknown[] = []
  let state = structuredClone(start)
  let outcome: Reading['outcome'] | undefined
  const [first] = events
  if (first?.type !== 'RUN_STARTED' && first?.type !== 'RUN_ERROR') throw new Error('The run does not begin.')
  for (const event of events) {
    if (outcome !== undefined) throw new Error(`An event ${event.type} comes after the end.`)
    if (Object.values(event).includes(null)) throw new Error(`A field of ${event.type} is null.`)
    for (const [family, id] of Object.entries(PAIRS)) {
      const key = `${family} ${String(event[id])}`
      const verb = event.type.startsWith(`${family}_`) ? event.type.slice(family.length + 1) : ''
      if (verb === 'START' && open.has(key)) throw new Error(`${key} is open already.`)
      if (verb === 'START') open.add(key)
      if (['CONTENT', 'ARGS', 'END'].includes(verb) && !open.has(key)) throw new Error(`${key} is not open.`)
      if (verb === 'END') open.delete(key)
    }
    if (event.type === 'TEXT_MESSAGE_CONTENT')
      texts.set(event['messageId'], (texts.get(event['messageId']) ?? '') + String(event['delta']))
    if (event.type === 'STATE_SNAPSHOT') state = event['snapshot']
    if (event.type === 'STATE_DELTA') state = patched(state, event['delta'] as Operation[])
    if (event.type.startsWith('STATE_')) shown.push(structuredClone((state as { answer: unknown }).answer))
    if (event.type === 'RUN_ERROR') outcome = { code: String(event['code']) }
    if (event.type === 'RUN_FINISHED') {
      if (open.size > 0) throw new Error(`Open at the end: ${[...open].join(', ')}`)
      const isCancelled = (event['outcome'] as Fields).type === 'cancelled'
      outcome = isCancelled ? { code: 'aborted' } : { value: event['result'] }
    }
  }
  return { outcome: outcome ?? { code: 'none' }, text: [...texts.values()].at(-1), shown, state }
}

interface Operation {
  op: string
  path: string
  value?: unknown
}

/** Applies operations of RFC 6902. @throws where one does not apply */
export function patched(document: unknown, operations: readonly Operation[]): unknown {
  const root = structuredClone({ document })
  for (const { op, path, value } of operations) {
    const keys = ['document', ...path.split('/').slice(1)].map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    const last = keys.pop()!
    let at: unknown = root
    for (const key of keys) at = Object.hasOwn(at as object, key) ? (at as Record<string, unknown>)[key] : undefined
    if (typeof at !== 'object' || at === null) throw new Error(`${path} has no parent.`)
    if (op !== 'add' && !Object.hasOwn(at, last)) throw new Error(`There is nothing at ${path}.`)
    if (Array.isArray(at)) {
      if (Number(last) > at.length) throw new Error(`${path} is beyond the end.`)
      if (op === 'add') at.splice(Number(last), 0, value)
      else if (op === 'remove') at.splice(Number(last), 1)
      else at[Number(last)] = value
    } else if (op === 'remove') Reflect.deleteProperty(at, last)
    else Object.defineProperty(at, last, { value, enumerable: true, writable: true, configurable: true })
  }
  return root.document
}
