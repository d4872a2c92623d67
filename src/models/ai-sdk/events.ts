import type { FinishReason, Usage } from '../../types.ts'
import type { AiSdkData } from './prompt.ts'
import { toolInput } from './prompt.ts'
import { ChannelReader } from '../events/wire-reader.ts'
import { bytesOfBase64 } from '../request/content-part.ts'
import { usageOf } from '../events/usage.ts'
import { asCount, asName, asObject, asText, type WireObject } from '../events/wire-value.ts'

/** Reads the parts of an AI SDK stream, of specification v2, v3 or v4. Parts that it does not know are passed over. */
export class AiSdkReader extends ChannelReader {
  /** Calls that the provider runs itself. */
  readonly #foreign = new Set<string>()
  /** Calls whose deltas are not JSON. */
  readonly #plain = new Set<string>()
  /** Text and reasoning parts by id, and calls, in order. */
  readonly #content: { [key: string]: unknown }[] = []
  readonly #open = new Map<string, { [key: string]: unknown }>()
  #thrown: unknown

  /** What an `error` part held, which may be an `Error`. */
  get thrown(): unknown {
    return this.#thrown
  }

  protected override readWire(part: WireObject): void {
    switch (part['type']) {
      case 'text-start':
      case 'reasoning-start':
        this.#start(part, part['type'] === 'text-start' ? 'text' : 'reasoning')
        break
      case 'text-delta':
        this.#grow(part)
        this.channel.text(asText(part['delta']))
        break
      case 'reasoning-delta':
        this.#grow(part)
        this.channel.reasoning(asText(part['delta']))
        break
      case 'text-end':
      case 'reasoning-end':
        this.#grow(part)
        break
      case 'tool-input-start':
        this.#toolStart(part)
        break
      case 'tool-input-delta':
        this.#toolDelta(asText(part['id']), asText(part['delta']))
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
        break
    }
  }

  #start(part: WireObject, type: string): void {
    const kept: { [key: string]: unknown } = { type, text: '' }
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
    const id = asText(part['id'])
    if (part['providerExecuted'] === true) this.#foreign.add(id)
    if (part['inputEncoding'] === 'text') this.#plain.add(id)
    if (!this.#foreign.has(id)) this.channel.toolStart(id, id, asText(part['toolName']))
  }

  #toolDelta(id: string, delta: string): void {
    if (!this.#foreign.has(id) && !this.#plain.has(id)) this.channel.toolDelta(id, delta)
  }

  #toolCall(part: WireObject): void {
    const id = asText(part['toolCallId'])
    if (part['providerExecuted'] === true || this.#foreign.has(id)) return
    const input = typeof part['input'] === 'string' ? part['input'] : JSON.stringify(part['input'] ?? {})
    this.channel.toolStart(id, id, asText(part['toolName']))
    this.channel.toolEnd(id, input === '' ? '{}' : input)
    const { toolName, providerMetadata: providerOptions } = part
    const options = providerOptions === undefined ? {} : { providerOptions }
    this.#content.push({ type: 'tool-call', toolCallId: id, toolName, input: toolInput(input), ...options })
  }

  #file(part: WireObject): void {
    const data = asObject(part['data'])?.['type'] === 'data' ? asObject(part['data'])?.['data'] : part['data']
    const mediaType = asText(part['mediaType'])
    if (data instanceof Uint8Array) this.channel.file({ mediaType, data })
    else if (typeof data === 'string') this.channel.file({ mediaType, data: bytesOfBase64(data) })
  }

  #finish(part: WireObject): void {
    this.channel.usage(aiSdkUsage(asObject(part['usage']) ?? {}))
    const reason = finishReason(part['finishReason'])
    // The providers end every stream with `finish`, a cut one too; then they know no reason.
    if (reason === undefined) return
    if (this.#content.some((one) => one['providerOptions'] !== undefined) && !this.channel.answered) {
      const data: AiSdkData = { content: this.#content }
      this.channel.metadata({ providerData: data })
    }
    this.channel.finish(reason)
  }
}

/** A word in v2; what the provider said beside a common word since v3. `undefined`: the provider said nothing. */
function finishReason(given: unknown): FinishReason | undefined {
  const word = typeof given === 'string' ? given : asText(asObject(given)?.['unified'])
  switch (word) {
    case 'stop':
    case 'length':
    case 'content-filter':
    case 'tool-calls':
    case 'error':
      return word
    case 'unknown':
    case '':
      return undefined
    default:
      return typeof given === 'string' || asName(asObject(given)?.['raw']) !== undefined ? 'other' : undefined
  }
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
  })
}
