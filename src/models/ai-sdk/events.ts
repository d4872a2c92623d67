import type { Usage } from '../../types.ts'
import { AnswerParts } from '../events/answer-parts.ts'
import { Calls } from '../events/calls.ts'
import { finishReasonOf, isWholeAnswer } from '../events/finish-reason.ts'
import { usageOf } from '../events/usage.ts'
import { WireFault } from '../events/wire-fault.ts'
import { ChannelReader } from '../events/wire-reader.ts'
import { asCount, asName, asObject, asText, type WireObject } from '../events/wire-value.ts'
import { bytesOfBase64 } from '../request/content-part.ts'
import type { AiSdkData } from './prompt.ts'
import { toolInput } from './prompt.ts'

type Kept = { [key: string]: unknown }

/** Reads the parts of an AI SDK stream, of specification v2, v3 or v4. Parts that it does not know are passed over. */
export class AiSdkReader extends ChannelReader {
  readonly #parts = new AnswerParts(this.channel)
  readonly #calls = new Calls(this.channel)
  /** Calls that the provider runs. */
  readonly #foreign = new Set<string>()
  /** Calls whose deltas are not JSON. */
  readonly #plain = new Set<string>()
  /** Text and reasoning parts by id, and calls, in order. */
  readonly #content: Kept[] = []
  readonly #open = new Map<string, Kept>()
  #thrown: unknown

  /** What an `error` part held, which may be an `Error`. */
  get thrown(): unknown {
    return this.#thrown
  }

  protected override readWire(part: WireObject): boolean {
    const id = asName(part['id'])
    switch (part['type']) {
      case 'text-start':
        this.#start(part, 'text')
        this.#parts.start({ id })
        break
      case 'reasoning-start':
        this.#start(part, 'reasoning')
        break
      case 'text-delta':
        this.#grow(part)
        this.#parts.piece({ id }, asText(part['delta']))
        break
      case 'reasoning-delta':
        this.#grow(part)
        this.channel.reasoning(asText(part['delta']))
        break
      case 'text-end':
        this.#grow(part)
        this.#parts.end({ id })
        break
      case 'reasoning-end':
        this.#grow(part)
        break
      case 'tool-input-start':
        this.#toolStart(part)
        break
      case 'tool-input-delta':
        if (id === undefined || (!this.#foreign.has(id) && !this.#plain.has(id))) {
          this.#calls.piece({ id }, asText(part['delta']))
        }
        break
      case 'tool-input-end':
        break
      case 'tool-call':
        this.#toolCall(part)
        break
      case 'file':
        this.#file(part)
        break
      case 'response-metadata':
        this.readModel(part['modelId'])
        break
      case 'finish':
        this.#finish(part)
        break
      case 'error':
        this.#thrown = part['error'] ?? 'unknown error'
        break
      default:
        return ['stream-start', 'source', 'raw', 'tool-result', 'tool-approval-request'].includes(asText(part['type']))
    }
    return true
  }

  /** An `error` part may hold an `Error`. */
  protected override readError(): undefined {
    return undefined
  }

  #start(part: WireObject, type: string): void {
    const kept: Kept = { type, text: '' }
    this.#open.set(`${type} ${asText(part['id'])}`, kept)
    this.#content.push(kept)
    this.#grow(part)
  }

  #grow(part: WireObject): void {
    const type = asText(part['type']).startsWith('text') ? 'text' : 'reasoning'
    const kept = this.#open.get(`${type} ${asText(part['id'])}`)
    if (kept === undefined) return
    kept['text'] = asText(kept['text']) + asText(part['delta'])
    if (part['providerMetadata'] !== undefined) kept['providerOptions'] = part['providerMetadata']
  }

  #toolStart(part: WireObject): void {
    const id = asName(part['id'])
    if (id !== undefined && part['providerExecuted'] === true) this.#foreign.add(id)
    if (id !== undefined && part['inputEncoding'] === 'text') this.#plain.add(id)
    if (id === undefined || !this.#foreign.has(id)) this.#calls.start({ id, name: asName(part['toolName']) })
  }

  #toolCall(part: WireObject): void {
    const id = asName(part['toolCallId'])
    if (part['providerExecuted'] === true || (id !== undefined && this.#foreign.has(id))) return
    const input = typeof part['input'] === 'string' ? part['input'] : JSON.stringify(part['input'] ?? {})
    const name = asName(part['toolName'])
    this.#calls.whole({ id, name }, input === '' ? '{}' : input)
    const { toolName, providerMetadata: providerOptions } = part
    const options = providerOptions === undefined ? {} : { providerOptions }
    this.#content.push({ type: 'tool-call', toolCallId: id, toolName, input: toolInput(input), ...options })
  }

  #file(part: WireObject): void {
    const data = asObject(part['data'])?.['type'] === 'data' ? asObject(part['data'])?.['data'] : part['data']
    const mediaType = asText(part['mediaType'])
    if (data instanceof Uint8Array) this.channel.file({ mediaType, data })
    else if (typeof data === 'string') this.channel.file({ mediaType, data: bytesOf(data) })
  }

  #finish(part: WireObject): void {
    this.channel.usage(aiSdkUsage(asObject(part['usage']) ?? {}))
    const reason = finishWord(part['finishReason'])
    // The providers end every stream with `finish`, a cut one too; then they know no reason.
    if (reason === undefined || this.channel.finished) return
    this.#parts.finish()
    if (isWholeAnswer(reason)) this.#calls.finish()
    if (this.#content.some((one) => one['providerOptions'] !== undefined) && !this.channel.answered) {
      const data: AiSdkData = { content: this.#content }
      this.channel.metadata({ providerData: data })
    }
    this.channel.finish(reason)
  }
}

function bytesOf(base64: string): Uint8Array {
  try {
    return bytesOfBase64(base64)
  } catch {
    throw new WireFault('sent a file whose data is not base64')
  }
}

/**
 * A word in v2; what the provider said next to a common word since v3. The common word counts unless it says nothing
 * or contradicts what the provider said. `undefined`: the provider said nothing.
 */
function finishWord(given: unknown): string | undefined {
  const unified = typeof given === 'string' ? given : asText(asObject(given)?.['unified'])
  const raw = asName(asObject(given)?.['raw'])
  const isCut = raw !== undefined && finishReasonOf(raw) !== 'other' && !isWholeAnswer(raw)
  // Without a word of the provider this is a cut connection.
  if (unified === 'interrupted') return isCut || raw === undefined ? raw : unified
  if (unified === 'unknown' || unified === '') return raw
  if (finishReasonOf(unified) === 'other') return raw ?? (typeof given === 'string' ? unified : undefined)
  // A provider package that maps a word that it doesn't know to `stop` has lost what the word said.
  return isCut && isWholeAnswer(unified) ? raw : unified
}

/** Flat numbers in v2, totals with their parts since v3. */
function aiSdkUsage(usage: WireObject): Usage | undefined {
  const input = usage['inputTokens']
  const output = usage['outputTokens']
  return usageOf({
    inputTokens: asCount(input) ?? asCount(asObject(input)?.['total']),
    outputTokens: asCount(output) ?? asCount(asObject(output)?.['total']),
    totalTokens: asCount(usage['totalTokens']),
    reasoningTokens: asCount(usage['reasoningTokens']) ?? asCount(asObject(output)?.['reasoning']),
    cachedInputTokens: asCount(usage['cachedInputTokens']) ?? asCount(asObject(input)?.['cacheRead']),
    cacheWriteTokens: asCount(asObject(input)?.['cacheWrite']),
  })
}
