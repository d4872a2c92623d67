import { LongText } from '../../json/long-text.ts'
import type { Usage } from '../../types.ts'
import { Calls } from '../events/calls.ts'
import { Candidates } from '../events/candidates.ts'
import { errorIn, errorInChoice } from '../events/error-shape.ts'
import { isWholeAnswer } from '../events/finish-reason.ts'
import { isSameJson, restOf } from '../events/repetition.ts'
import { usageOf } from '../events/usage.ts'
import { WireFault } from '../events/wire-fault.ts'
import { ChannelReader } from '../events/wire-reader.ts'
import { asCount, asIndex, asList, asName, asObject, asText, type WireObject } from '../events/wire-value.ts'
import type { ModelEvent } from '../model.ts'
import type { ChatData } from './messages.ts'

/** Keys of a Chat chunk that only a server of this wire sends. */
const CHUNK_KEYS = ['choices', 'usage', 'x_groq', 'error', 'prompt_filter_results']

/**
 * Reads the chunks of a Chat Completions stream. Choice 0 is the answer (`n` > 1 interleaves). It is as tolerant as the
 * servers that call themselves compatible are different; each leniency was seen in a recorded stream.
 */
export class ChatReader extends ChannelReader {
  readonly #calls = new Calls(this.channel)
  readonly #candidates = new Candidates({
    answer: (choice) => this.#readChoice(choice),
    textOf: (choice) => contentOf((asObject(choice['delta']) ?? asObject(choice['message']))?.['content']),
    omitsZero: false,
  })
  readonly #text = new LongText()
  readonly #reasoning = new LongText()
  /** Of `function_call`, which some routers send next to `tool_calls`. */
  #legacyName: string | undefined
  readonly #legacyArguments = new LongText()
  #isLegacy = false
  #choiceError: WireObject | undefined

  protected override readWire(wire: WireObject): boolean {
    this.readModel(wire['model'])
    this.#candidates.read(asList(wire['choices']))
    this.channel.usage(chatUsage(wire))
    return CHUNK_KEYS.some((key) => wire[key] !== undefined) || wire['object'] === 'chat.completion.chunk'
  }

  /** The SDK mostly throws an error before we see it (OpenRouter). */
  protected override readError(wire: WireObject): WireObject | undefined {
    return errorIn(wire) ?? this.#choiceError
  }

  protected override readEnd(): void {
    for (const text of this.#candidates.end()) this.channel.extraAnswer(text)
  }

  /** `[DONE]` without a finish reason (OpenRouter, Snowflake) is an end too. */
  done(): readonly ModelEvent[] {
    this.#finish(undefined)
    return this.channel.take()
  }

  #readChoice(choice: WireObject): void {
    this.#choiceError ??= errorInChoice(choice)
    const delta = asObject(choice['delta'])
    if (delta !== undefined) this.#readDelta(delta)
    const message = asObject(choice['message'])
    if (message !== undefined) this.#readMessage(message)
    const reason = asName(choice['finish_reason'])
    if (reason !== undefined && !this.finished) this.#finish(reason)
  }

  #readDelta(delta: WireObject): void {
    this.#readReasoning(delta)
    this.#readContent(delta['content'])
    this.channel.refusal(asText(delta['refusal']))
    for (const call of asList(delta['tool_calls'])) this.#readCall(asObject(call) ?? {})
    const legacy = asObject(delta['function_call'])
    if (legacy !== undefined) this.#readLegacy(legacy)
  }

  /** The whole message: in place of deltas, or a repetition of them. */
  #readMessage(message: WireObject): void {
    if (this.#reasoning.isEmpty) this.#readReasoning(message)
    const parts = asList(message['content']).map((part) => asObject(part) ?? {})
    if (this.#reasoning.isEmpty) for (const part of parts) this.channel.reasoning(thinkingOf(part))
    this.#addText(restOf(this.#text.whole, contentOf(message['content']), 'the text of the answer'))
    this.channel.refusal(asText(message['refusal']))
    const calls = asList(message['tool_calls']).map((call) => callOf(asObject(call) ?? {}))
    if (calls.length > 0) this.#calls.repeated(calls)
    const legacy = asObject(message['function_call'])
    if (legacy !== undefined) {
      const call = callOf({ function: legacy })
      if (calls.length === 0) this.#calls.repeated([call])
      else if (!calls.some((one) => isSameCall(one, call))) throw differingLegacy(call.name)
    }
  }

  #readReasoning(delta: WireObject): void {
    const reasoning = asText(delta['reasoning_content'])
    if (reasoning !== '') this.#reasoning.add(reasoning)
    this.channel.reasoning(reasoning === '' ? asText(delta['reasoning']) : reasoning)
  }

  /** A text, or a list of parts of which some are thinking (Mistral). */
  #readContent(content: unknown): void {
    for (const item of asList(content)) this.channel.reasoning(thinkingOf(asObject(item) ?? {}))
    this.#addText(contentOf(content))
  }

  #addText(text: string): void {
    this.#text.add(text)
    this.channel.text(text)
  }

  #readCall(wire: WireObject): void {
    const { text, ...identity } = callOf(wire)
    if (this.#isLegacy) throw new WireFault('sent `tool_calls` after a `function_call`')
    this.#calls.pieceOrStart(identity, text)
  }

  #readLegacy(wire: WireObject): void {
    const { name, text } = callOf({ function: wire })
    this.#legacyName ??= name
    this.#legacyArguments.add(text)
    if (!this.#isLegacy && this.#calls.count > 0) return
    this.#isLegacy = true
    this.#calls.pieceOrStart({ position: 'function_call', name }, text)
  }

  #finish(reason: string | undefined): void {
    if (this.finished) return
    this.#checkLegacy()
    if (isWholeAnswer(reason)) this.#calls.finish()
    // DeepSeek refuses calls that come back without the reasoning that led to them; others do not mind it.
    if (!this.#reasoning.isEmpty && this.#calls.count > 0 && !this.channel.answered) {
      const data: ChatData = { reasoning_content: this.#reasoning.whole }
      this.channel.metadata({ providerData: data })
    }
    this.channel.finish(reason)
  }

  #checkLegacy(): void {
    if (this.#legacyName === undefined || this.#isLegacy) return
    const call = { name: this.#legacyName, text: this.#legacyArguments.whole }
    if (!this.#calls.has(call.name, call.text)) throw differingLegacy(call.name)
  }
}

function callOf(wire: WireObject): { id?: string; position?: string; name?: string; text: string } {
  const fn = asObject(wire['function']) ?? {}
  const given = fn['arguments']
  const text = asObject(given) === undefined ? asText(given) : JSON.stringify(given)
  const [id, position, name] = [asName(wire['id']), asIndex(wire['index']), asName(fn['name'])]
  return {
    ...(id !== undefined && { id }),
    ...(position !== undefined && { position }),
    ...(name !== undefined && { name }),
    text,
  }
}

function isSameCall(a: { name?: string; text: string }, b: { name?: string; text: string }): boolean {
  return a.name === b.name && isSameJson(a.text, b.text)
}

function differingLegacy(name: string | undefined): WireFault {
  return new WireFault(`sent a \`function_call\` of the tool "${name}" that is not among its \`tool_calls\``)
}

function contentOf(content: unknown): string {
  if (typeof content === 'string') return content
  return asList(content)
    .map((item) => {
      const part = asObject(item)
      return part?.['type'] === 'thinking' ? '' : asText(part?.['text'])
    })
    .join('')
}

function thinkingOf(part: WireObject): string {
  if (part['type'] !== 'thinking') return ''
  const pieces = asList(part['thinking']).map((piece) => asText(asObject(piece)?.['text']))
  return pieces.join('') || asText(part['thinking'])
}

/** The usage of a chunk or of what comes with an error; Groq has its own place for it. */
export function chatUsage(wire: WireObject): Usage | undefined {
  const usage = asObject(wire['usage']) ?? asObject(asObject(wire['x_groq'])?.['usage'])
  if (usage === undefined) return undefined
  const details = asObject(usage['prompt_tokens_details'])
  return usageOf({
    inputTokens: asCount(usage['prompt_tokens']),
    outputTokens: asCount(usage['completion_tokens']),
    totalTokens: asCount(usage['total_tokens']),
    reasoningTokens: asCount(asObject(usage['completion_tokens_details'])?.['reasoning_tokens']),
    // DeepSeek has the hits next to the details.
    cachedInputTokens: asCount(details?.['cached_tokens']) ?? asCount(usage['prompt_cache_hit_tokens']),
    cacheWriteTokens: asCount(details?.['cache_write_tokens']),
  })
}
