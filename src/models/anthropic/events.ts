import { LongText } from '../../json/long-text.ts'
import type { FinishReason, Usage } from '../../types.ts'
import type { AnthropicData } from './messages.ts'
import { ChannelReader } from '../events/wire-reader.ts'
import { usageOf } from '../events/usage.ts'
import { asCount, asName, asObject, asText, type WireObject } from '../events/wire-value.ts'

/** A content block as it grows, to be sent back as it was. */
interface OpenBlock {
  block: { [key: string]: unknown }
  /** Of its text or its thinking. */
  text: LongText
  /** Of the JSON of `input`. */
  json: LongText
}

/** Kinds of content without which the neutral message says all. */
const PLAIN_BLOCKS = new Set<unknown>(['text', 'tool_use'])

/**
 * Reads the events of a Messages stream. Calls of the provider's own tools (`server_tool_use`, `mcp_tool_use`) are no
 * tool calls for us: the provider runs them itself. They are kept in `providerData` like thinking and its signature.
 */
export class AnthropicReader extends ChannelReader {
  readonly #open = new Map<unknown, OpenBlock>()
  readonly #blocks: WireObject[] = []
  /** Counts of `message_start` and `message_delta`; the later ones replace the earlier. */
  #counts: WireObject = {}
  #stopReason: string | undefined

  protected override readWire(wire: WireObject): void {
    switch (wire['type']) {
      case 'message_start': {
        const message = asObject(wire['message']) ?? {}
        this.readModel(message['model'])
        this.#count(message['usage'])
        break
      }
      case 'content_block_start':
        this.#start(wire['index'], asObject(wire['content_block']) ?? {})
        break
      case 'content_block_delta':
        this.#delta(wire['index'], asObject(wire['delta']) ?? {})
        break
      case 'content_block_stop':
        this.#stop(wire['index'])
        break
      case 'message_delta':
        this.#count(wire['usage'])
        this.#end(asObject(wire['delta']) ?? {})
        break
      case 'message_stop':
        // A server that leaves out the stop reason has ended all the same.
        this.#finish('other')
        break
      case 'error':
        this.error = asObject(wire['error']) ?? { message: 'The provider reported an error.' }
        break
      default:
        break
    }
  }

  #start(index: unknown, start: WireObject): void {
    this.#open.set(index, { block: { ...start }, text: new LongText(), json: new LongText() })
    switch (start['type']) {
      case 'text':
        this.channel.text(asText(start['text']))
        break
      case 'thinking':
        this.channel.reasoning(asText(start['thinking']))
        break
      case 'tool_use':
        this.channel.toolStart(String(index), asName(start['id']), asText(start['name']))
        break
      default:
        break
    }
  }

  #delta(index: unknown, delta: WireObject): void {
    const open = this.#open.get(index)
    if (open === undefined) return
    const { block, text, json } = open
    switch (delta['type']) {
      case 'text_delta':
        text.add(asText(delta['text']))
        this.channel.text(asText(delta['text']))
        break
      case 'thinking_delta':
        text.add(asText(delta['thinking']))
        this.channel.reasoning(asText(delta['thinking']))
        break
      case 'signature_delta':
        block['signature'] = asText(delta['signature'])
        break
      case 'input_json_delta':
        json.add(asText(delta['partial_json']))
        if (block['type'] === 'tool_use') this.channel.toolDelta(String(index), asText(delta['partial_json']))
        break
      default:
        break
    }
  }

  #stop(index: unknown): void {
    const open = this.#open.get(index)
    if (open === undefined) return
    this.#open.delete(index)
    const { block, text, json } = open
    const field = block['type'] === 'thinking' ? 'thinking' : 'text'
    if (!text.isEmpty) block[field] = asText(block[field]) + text.whole
    // `input` is `{}` at the start, and stays it when only empty deltas come; some proxies send it whole there.
    const whole = JSON.stringify(asObject(block['input']) ?? {})
    if (!json.isEmpty) block['input'] = parsed(json.whole)
    // An empty text block is refused when it is sent back.
    if (block['type'] !== 'text' || block['text'] !== '') this.#blocks.push(block)
    if (block['type'] === 'tool_use') this.channel.toolEnd(String(index), whole)
  }

  #count(usage: unknown): void {
    const given = Object.entries(asObject(usage) ?? {}).filter(([, value]) => value !== null && value !== undefined)
    this.#counts = { ...this.#counts, ...Object.fromEntries(given) }
    this.channel.usage(anthropicUsage(this.#counts))
  }

  #end(delta: WireObject): void {
    const reason = asName(delta['stop_reason'])
    if (reason === undefined) return
    this.#stopReason = reason
    const details = asObject(delta['stop_details'])
    if (reason === 'refusal') this.channel.refusal(asText(details?.['explanation']))
    this.#finish(stopReason(reason))
  }

  #finish(reason: FinishReason): void {
    if (this.channel.finished) return
    const paused = this.#stopReason === 'pause_turn'
    const needed = paused || this.#blocks.some((block) => !PLAIN_BLOCKS.has(block['type']))
    if (needed && !this.channel.answered) {
      const data: AnthropicData = { blocks: this.#blocks }
      this.channel.metadata({ providerData: data })
    }
    this.channel.finish(reason, paused)
  }
}

function stopReason(reason: string): FinishReason {
  switch (reason) {
    case 'end_turn':
    case 'stop_sequence':
      return 'stop'
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length'
    case 'tool_use':
      return 'tool-calls'
    case 'refusal':
      return 'refusal'
    default:
      // `pause_turn` and what may come yet.
      return 'other'
  }
}

/** What was read from the cache and written to it is counted apart from `input_tokens`. */
function anthropicUsage(usage: WireObject): Usage | undefined {
  const fresh = asCount(usage['input_tokens'])
  const cached = asCount(usage['cache_read_input_tokens'])
  const written = asCount(usage['cache_creation_input_tokens'])
  return usageOf({
    inputTokens: fresh === undefined ? undefined : fresh + (cached ?? 0) + (written ?? 0),
    outputTokens: asCount(usage['output_tokens']),
    totalTokens: undefined,
    reasoningTokens: asCount(asObject(usage['output_tokens_details'])?.['thinking_tokens']),
    cachedInputTokens: cached,
  })
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    // With fine-grained deltas the model may write what is no JSON; the block has to hold an object.
    return { arguments: json }
  }
}
