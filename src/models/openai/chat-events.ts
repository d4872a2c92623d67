import { LongText } from '../../json/long-text.ts'
import type { FinishReason, Usage } from '../../types.ts'
import { ChannelReader } from '../events/wire-reader.ts'
import type { ModelEvent } from '../model.ts'
import type { ChatData } from './messages.ts'
import { usageOf } from '../events/usage.ts'
import { asCount, asList, asName, asObject, asText, type WireObject } from '../events/wire-value.ts'

interface WireCall {
  key: string
  id: string | undefined
  /** Empty until the first name that is not. */
  name: string
  /** Arguments that came before the name. */
  held: string
}

/**
 * Reads the chunks of a Chat Completions stream. Only choice 0 is the answer (`n` > 1 interleaves). It is as tolerant
 * as the servers that call themselves compatible are different; each leniency was seen in a recorded stream.
 */
export class ChatReader extends ChannelReader {
  readonly #calls: WireCall[] = []
  readonly #reasoning = new LongText()

  protected override readWire(wire: WireObject): void {
    this.readModel(wire['model'])
    for (const choice of asList(wire['choices'])) {
      const candidate = asObject(choice)
      if (candidate !== undefined && (candidate['index'] ?? 0) === 0) this.#readChoice(candidate)
    }
    this.channel.usage(chatUsage(wire))
    // The SDK mostly throws it before we see it (OpenRouter).
    this.error = asObject(wire['error'])
  }

  /** `[DONE]` without a finish reason (OpenRouter, Snowflake) is an end too. */
  done(): readonly ModelEvent[] {
    this.channel.finish('other')
    return this.channel.take()
  }

  #readChoice(choice: WireObject): void {
    const delta = asObject(choice['delta']) ?? asObject(choice['message']) ?? {}
    const reasoning = asText(delta['reasoning_content'])
    if (reasoning !== '') this.#reasoning.add(reasoning)
    this.channel.reasoning(reasoning === '' ? asText(delta['reasoning']) : reasoning)
    this.#readContent(delta['content'])
    this.channel.refusal(asText(delta['refusal']))
    for (const call of asList(delta['tool_calls'])) this.#readCall(asObject(call) ?? {})
    const reason = asName(choice['finish_reason'])
    if (reason === undefined || this.finished) return
    // DeepSeek refuses calls that come back without the reasoning that led to them; others do not mind it.
    if (!this.#reasoning.isEmpty && this.#calls.length > 0 && !this.channel.answered) {
      const data: ChatData = { reasoning_content: this.#reasoning.whole }
      this.channel.metadata({ providerData: data })
    }
    this.channel.finish(chatFinish(reason))
  }

  /** A text, or a list of parts in which thinking stands apart (Mistral). */
  #readContent(content: unknown): void {
    this.channel.text(asText(content))
    for (const item of asList(content)) {
      const part = asObject(item)
      if (part?.['type'] === 'thinking') {
        const pieces = asList(part['thinking']).map((piece) => asText(asObject(piece)?.['text']))
        this.channel.reasoning(pieces.join('') || asText(part['thinking']))
      } else {
        this.channel.text(asText(part?.['text']))
      }
    }
  }

  #readCall(wire: WireObject): void {
    const fn = asObject(wire['function']) ?? {}
    const id = asName(wire['id'])
    const name = asName(fn['name'])
    const call = this.#find(wire['index'], id, name)
    call.id ??= id
    const given = fn['arguments']
    const text = asObject(given) === undefined ? asText(given) : JSON.stringify(given)
    if (call.name === '') {
      call.held += text
      if (name === undefined) return
      call.name = name
      this.channel.toolStart(call.key, call.id, name)
      this.channel.toolDelta(call.key, call.held)
    } else {
      this.channel.toolDelta(call.key, text)
    }
  }

  /** By index, else by id, else the last one. An index that comes again with another id and a name is a new call. */
  #find(index: unknown, id: string | undefined, name: string | undefined): WireCall {
    const byIndex = index === undefined || index === null ? undefined : `index ${JSON.stringify(index)}`
    const found =
      byIndex === undefined
        ? this.#calls.findLast((call) => (id === undefined ? name === undefined : call.id === id))
        : this.#calls.findLast((call) => call.key.startsWith(`${byIndex} `))
    const isOther = found?.id !== undefined && id !== undefined && found.id !== id && name !== undefined
    if (found !== undefined && !isOther) return found
    const call = { key: `${byIndex ?? 'none'} ${this.#calls.length}`, id, name: '', held: '' }
    this.#calls.push(call)
    return call
  }
}

/** The usage of a chunk or of what stands beside an error; Groq has a place of its own for it. */
export function chatUsage(wire: WireObject): Usage | undefined {
  const usage = asObject(wire['usage']) ?? asObject(asObject(wire['x_groq'])?.['usage'])
  if (usage === undefined) return undefined
  return usageOf({
    inputTokens: asCount(usage['prompt_tokens']),
    outputTokens: asCount(usage['completion_tokens']),
    totalTokens: asCount(usage['total_tokens']),
    reasoningTokens: asCount(asObject(usage['completion_tokens_details'])?.['reasoning_tokens']),
    // DeepSeek has the hits beside the details.
    cachedInputTokens:
      asCount(asObject(usage['prompt_tokens_details'])?.['cached_tokens']) ?? asCount(usage['prompt_cache_hit_tokens']),
  })
}

const FINISH_REASONS: { readonly [reason: string]: FinishReason } = {
  stop: 'stop',
  eos: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
  error: 'error',
  insufficient_system_resource: 'error',
}

function chatFinish(reason: string): FinishReason {
  return Object.hasOwn(FINISH_REASONS, reason) ? FINISH_REASONS[reason]! : 'other'
}
