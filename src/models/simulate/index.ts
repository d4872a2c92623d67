import { StructStreamError } from '../../errors.ts'
import {
  anything,
  checkFactoryOptions,
  count,
  flag,
  integer,
  list,
  millis,
  object,
  type OptionChecks,
  text,
} from '../../factory-options.ts'
import type { FinishReason } from '../../types.ts'
import { toolsOf } from '../request/answer-tool.ts'
import { readMedia } from '../request/content-part.ts'
import { eventStream } from '../transport/event-stream.ts'
import type { Model, ModelEvent, ModelRequest } from '../model.ts'
import { random, type Random } from './random.ts'
import { sampleOf } from './sample-data.ts'
import { isSimulatedReply, type SimulatedReply } from './reply.ts'
import { askedFor, trueAnswer } from './true-answer.ts'

export type { SimulatedReply } from './reply.ts'

const PROVIDER = 'simulate'

/** What goes wrong with an answer. Positions are counted in characters of the answer. */
export interface SimulatedFaults {
  /** The stream ends here without a terminal event, as a cut connection does. */
  cutAt?: number
  /** Nothing comes any more from here on, until the request is stopped. */
  stallAt?: number
  /** The stream throws here: `connection_lost`, or the given error. */
  errorAt?: number
  error?: unknown
  /** The request is answered with this HTTP status instead. */
  status?: number
  /** The model refuses, with these words. */
  refuse?: string
  /** The finish reason; the text is cut at `finishAt` if that is given. */
  finish?: FinishReason
  finishAt?: number
  /** All of the text comes, but no terminal event. */
  dropFinish?: boolean
  /** Pays no attention to the signal. */
  ignoreSignal?: boolean
}

export interface SimulateOptions {
  /**
   * What every call answers: text unchanged, a `SimulatedReply` with its calls of tools and its files, anything else as
   * JSON; a function gets the request and the number of the call, from 0. @defaultValue sample data made from the schema, or some sentences
   */
  response?: unknown
  /** What successive calls answer, the last one for all that follow. Counts more than `response`. */
  responses?: readonly unknown[]
  /**
   * The right answer, any JSON value: it is what every request gets that `response` (for the first call) and `responses`
   * (for as many calls as it has) leave open. Requests for a patch or for the rest of an answer get just the parts that
   * they ask for, so healing can be tested. A single `faults` then counts for the first call only.
   */
  truth?: unknown
  /** Characters (code points) of a delta, or the least and the most of them. @defaultValue [2, 8] */
  chunkSize?: number | readonly [number, number]
  /** Milliseconds before each delta. @defaultValue 0 */
  delayMs?: number
  /** The same seed gives the same sample data and the same deltas. @defaultValue 1 */
  seed?: number
  /** Said before the answer. */
  reasoning?: string
  /** For every call (with `truth`: the first), or a list for successive calls; later calls have none then. */
  faults?: SimulatedFaults | readonly (SimulatedFaults | undefined)[]
}

const CHECKS: OptionChecks<SimulateOptions> = {
  response: anything,
  responses: list,
  truth: anything,
  chunkSize: (value) =>
    (Array.isArray(value) && value.length === 2 ? value : [value]).every((size) => Number.isInteger(size) && size > 0)
      ? undefined
      : 'an integer ≥ 1, or the least and the most of it',
  delayMs: millis,
  seed: integer,
  reasoning: text,
  faults: object,
}

const FAULT_CHECKS: OptionChecks<SimulatedFaults> = {
  cutAt: count,
  stallAt: count,
  errorAt: count,
  error: anything,
  status: count,
  refuse: text,
  finish: text,
  finishAt: count,
  dropFinish: flag,
  ignoreSignal: flag,
}

/**
 * A model with no network, for tests, demonstrations and work without a key.
 *
 * @example
 * runStream('List three films', Films, { model: simulate({ delayMs: 20 }) })
 */
export function simulate(options: SimulateOptions = {}): Model {
  checkFactoryOptions('simulate()', options, CHECKS)
  for (const faults of [options.faults].flat()) {
    if (faults !== undefined) checkFactoryOptions('simulate()', faults, FAULT_CHECKS, 'faults.')
  }
  let calls = 0
  return {
    provider: PROVIDER,
    id: 'simulate',
    modes: ['json-schema', 'tool', 'json-object', 'prompt'],
    dialect: 'json-schema',
    stream(request, signal) {
      const call = calls++
      const faults = faultsOf(options, call)
      if (faults?.ignoreSignal === true) return answer(request, undefined, options, faults, call)
      return eventStream(signal, (own) => answer(request, own, options, faults ?? {}, call))
    },
  }
}

function faultsOf({ faults, truth }: SimulateOptions, call: number): SimulatedFaults | undefined {
  if (Array.isArray(faults)) return (faults as readonly (SimulatedFaults | undefined)[])[call]
  return truth === undefined || call === 0 ? (faults as SimulatedFaults | undefined) : undefined
}

/** Sentences for when no schema tells what is wanted. */
const PROSE =
  'This is a simulated answer. No model was asked and no key is needed: the words are always the same, and they arrive piece by piece, as those of a model do.'

async function* answer(
  request: ModelRequest,
  signal: AbortSignal | undefined,
  options: SimulateOptions,
  faults: SimulatedFaults,
  call: number,
): AsyncGenerator<ModelEvent, void> {
  const { delayMs = 0, chunkSize = [2, 8], seed = 1 } = options
  refuseAsAdaptersDo(request)
  const reply = replyOf(request, options, call)
  const { reasoning = options.reasoning ?? '', toolCalls = [], files = [] } = reply
  const number = random(seed + call)
  const pause = delayMs > 0 ? () => waited(delayMs, signal) : undefined
  await pause?.()
  if (faults.status !== undefined) throw httpError(faults.status)
  yield { type: 'metadata', model: 'simulate', requestId: `simulated-${call}` }
  for (const text of pieces(reasoning, chunkSize, number)) {
    await pause?.()
    yield { type: 'reasoning-delta', text }
  }
  for (const text of pieces(faults.refuse ?? '', chunkSize, number)) {
    await pause?.()
    yield { type: 'refusal-delta', text }
  }
  const whole = faults.refuse === undefined ? textOf(reply, request, seed) : ''
  const { cutAt = Infinity, stallAt = Infinity, errorAt = Infinity, finishAt = Infinity } = faults
  const end = Math.min(cutAt, stallAt, errorAt, finishAt)
  const told = whole.slice(0, end)
  for (const text of pieces(told, chunkSize, number)) {
    await pause?.()
    yield { type: 'text-delta', text }
  }
  if (stallAt === end && end < Infinity) await waited(Infinity, signal)
  if (errorAt === end && end < Infinity) throw (faults.error as Error | undefined) ?? cut()
  if (cutAt === end && end < Infinity) return
  for (const file of files) yield { type: 'file', file }
  let written = told
  for (const [index, { name, id = `call_${call}_${index}`, arguments: given = {} }] of toolCalls.entries()) {
    const text = typeof given === 'string' ? given : JSON.stringify(given)
    written += text
    await pause?.()
    yield { type: 'tool-call-start', id, name }
    for (const piece of pieces(text, chunkSize, number)) {
      await pause?.()
      yield { type: 'tool-call-delta', id, text: piece }
    }
    yield { type: 'tool-call-end', id }
  }
  const bytes = (_key: string, value: unknown): unknown => (value instanceof Uint8Array ? '' : value)
  const inputTokens = tokens(JSON.stringify(request.messages, bytes))
  const reasoningTokens = tokens(reasoning)
  const outputTokens = tokens(written) + reasoningTokens
  const usage = { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens, reasoningTokens }
  if (faults.dropFinish !== true) {
    const reason = faults.refuse !== undefined ? 'refusal' : toolCalls.length > 0 ? 'tool-calls' : 'stop'
    const finish = faults.finish ?? reason
    yield { type: 'finish', reason: finish, ...(finish === 'other' && { raw: 'other' }) }
  }
  yield { type: 'usage', usage }
}

/**
 * Refuses what no provider's adapter would send, so that a test with this model finds it.
 *
 * @throws `bad_options`
 */
function refuseAsAdaptersDo(request: ModelRequest): void {
  toolsOf(request, PROVIDER)
  for (const message of request.messages) {
    if (message.role !== 'user' || typeof message.content === 'string') continue
    for (const part of message.content) if (part.type !== 'text') readMedia(part, PROVIDER)
  }
}

/** What this call answers; with neither text nor data, what is made up. */
function replyOf(request: ModelRequest, options: SimulateOptions, call: number): SimulatedReply {
  const { response, responses, truth } = options
  const scripted = responses?.length ?? (response === undefined ? 0 : 1)
  if (truth !== undefined && call >= scripted) return { text: trueAnswer(truth, askedFor(request)) }
  const given: unknown = responses === undefined ? response : responses[Math.min(call, responses.length - 1)]
  const value: unknown = typeof given === 'function' ? given(request, call) : given
  if (typeof value === 'string') return { text: value }
  // Who calls tools or makes files need not say anything.
  return isSimulatedReply(value) ? (value.data === undefined ? { text: '', ...value } : value) : { data: value }
}

function textOf({ text, data }: SimulatedReply, request: ModelRequest, seed: number): string {
  if (text !== undefined) return text
  if (data !== undefined) return JSON.stringify(data)
  return request.format === undefined ? PROSE : JSON.stringify(sampleOf(request.format.schema, seed))
}

/** Cuts `text` between code points, as providers do. */
function* pieces(text: string, size: number | readonly [number, number], random: Random): Generator<string> {
  const [least, most] = typeof size === 'number' ? [size, size] : size
  for (let at = 0; at < text.length;) {
    let end = at + Math.max(1, random(least, most))
    if ((text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end++
    yield text.slice(at, end)
    at = end
  }
}

/** About four characters a token. */
function tokens(text: string): number {
  return Math.ceil(text.length / 4)
}

/** Keeps the process alive meanwhile, as an open socket would. */
function waited(ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (ms === Infinity && signal === undefined) return new Promise(() => {})
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

function cut(): StructStreamError {
  return new StructStreamError('connection_lost', 'The simulated connection was reset.', { provider: 'simulate' })
}

function httpError(status: number): StructStreamError {
  const code = status === 429 || status === 529 ? 'rate_limited' : 'provider_error'
  return new StructStreamError(code, `The simulated provider answered with status ${status}.`, {
    provider: 'simulate',
    status,
    retryAfter: status === 429 ? 1_000 : undefined,
  })
}
