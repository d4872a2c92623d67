import { LongText } from '../../json/long-text.ts'
import type { Usage } from '../../types.ts'
import { AnswerParts } from '../events/answer-parts.ts'
import { Calls } from '../events/calls.ts'
import { isWholeAnswer } from '../events/finish-reason.ts'
import { type Identity, type Piecewise, Things } from '../events/identity.ts'
import { usageOf } from '../events/usage.ts'
import { WireFault } from '../events/wire-fault.ts'
import { ChannelReader } from '../events/wire-reader.ts'
import { asCount, asIndex, asList, asName, asObject, asText, type WireObject } from '../events/wire-value.ts'
import type { AnthropicData } from './messages.ts'

/** A content block as it grows, to be sent back unchanged. */
interface OpenBlock extends Piecewise {
  block: { [key: string]: unknown }
  /** Of its text or its thinking. */
  text: LongText
  /** Of the JSON of `input`. */
  json: LongText
}

/** Kinds of content without which the neutral message says all. */
const PLAIN_BLOCKS = new Set<unknown>(['text', 'tool_use'])

/** Which kind of block a delta belongs to, where only one kind has it. */
const KINDS: { readonly [delta: string]: readonly unknown[] } = {
  text_delta: ['text'],
  thinking_delta: ['thinking'],
  signature_delta: ['thinking'],
}

/**
 * Reads the events of a Messages stream. Calls of the provider's own tools (`server_tool_use`, `mcp_tool_use`) are not
 * tool calls for us: the provider runs them. They are kept in `providerData` like thinking and its signature.
 */
export class AnthropicReader extends ChannelReader {
  readonly #blocks = new Things<OpenBlock>()
  readonly #parts = new AnswerParts(this.channel)
  readonly #calls = new Calls(this.channel)
  readonly #done: WireObject[] = []
  /** Counts of `message_start` and `message_delta`; the later ones replace the earlier. */
  #counts: WireObject = {}
  #stopReason: string | undefined

  protected override readWire(wire: WireObject): boolean {
    switch (wire['type']) {
      case 'message_start': {
        const message = asObject(wire['message']) ?? {}
        this.readModel(message['model'])
        this.#count(message['usage'])
        break
      }
      case 'content_block_start':
        this.#start(wire, asObject(wire['content_block']) ?? {})
        break
      case 'content_block_delta':
        this.#delta(wire, asObject(wire['delta']) ?? {})
        break
      case 'content_block_stop':
        this.#stop({ position: asIndex(wire['index']) })
        break
      case 'message_delta':
        this.#count(wire['usage'])
        this.#end(asObject(wire['delta']) ?? {})
        break
      case 'message_stop':
        // A server that leaves out the stop reason has ended all the same.
        this.#finish(undefined)
        break
      case 'message':
        this.#whole(wire)
        break
      default:
        return wire['type'] === 'ping' || wire['type'] === 'error'
    }
    return true
  }

  #start(wire: WireObject, start: WireObject): void {
    const position = asIndex(wire['index'])
    const block = { block: { ...start }, text: new LongText(), json: new LongText() }
    this.#blocks.add({ ...block, position, isEnded: false })
    switch (start['type']) {
      case 'text':
        this.#parts.start({ position })
        this.#parts.piece({ position }, asText(start['text']))
        break
      case 'thinking':
        this.channel.reasoning(asText(start['thinking']))
        break
      case 'tool_use':
        this.#calls.start({ position, id: asName(start['id']), name: asName(start['name']) })
        break
      default:
        break
    }
  }

  #delta(wire: WireObject, delta: WireObject): void {
    const identity = { position: asIndex(wire['index']) }
    const type = asText(delta['type'])
    const block = this.#blockOf(identity, type)
    switch (type) {
      case 'text_delta':
        // Of a block of another kind it is not the answer's.
        if (block === undefined && this.#blocks.matching(identity).length > 0) break
        block?.text.add(asText(delta['text']))
        this.#parts.piece(identity, asText(delta['text']))
        break
      case 'thinking_delta':
        block?.text.add(asText(delta['thinking']))
        this.channel.reasoning(asText(delta['thinking']))
        break
      case 'signature_delta':
        if (block !== undefined) block.block['signature'] = asText(delta['signature'])
        break
      case 'input_json_delta':
        block?.json.add(asText(delta['partial_json']))
        if (block === undefined || block.block['type'] === 'tool_use') {
          this.#calls.piece(identity, asText(delta['partial_json']))
        }
        break
      default:
        break
    }
  }

  /** The open block that a delta belongs to: of the kind that has such deltas, at the place that it names. */
  #blockOf(identity: Identity, type: string): OpenBlock | undefined {
    const kinds = KINDS[type]
    const open = this.#blocks.open(identity)
    const fitting = kinds === undefined ? open : open.filter(({ block }) => kinds.includes(block['type']))
    // The calls know which one is meant, or that it cannot be determined.
    return fitting.length > 1 ? fitting.at(-1) : fitting[0]
  }

  #stop(identity: Identity): void {
    const [open, ...more] = this.#blocks.open(identity)
    if (open === undefined) return
    if (more.some((other) => other.block['type'] !== open.block['type'])) {
      throw new WireFault('ended a content block, and it cannot be determined which one')
    }
    this.#blocks.end(open)
    const { block, text, json } = open
    const field = block['type'] === 'thinking' ? 'thinking' : 'text'
    if (!text.isEmpty) block[field] = asText(block[field]) + text.whole
    const whole = wholeInput(block['input'])
    if (block['type'] === 'text') this.#parts.end(identity)
    if (block['type'] === 'tool_use') {
      // `input` is `{}` at the start, and stays it when only empty deltas come; some proxies send it whole there.
      this.#calls.end(identity, whole === '' && json.isEmpty ? '{}' : whole)
    }
    if (!json.isEmpty || typeof block['input'] === 'string') block['input'] = parsed(json.whole || whole)
    // An empty text block is refused when it is sent back.
    if (block['type'] !== 'text' || block['text'] !== '') this.#done.push(block)
  }

  /** A message in one piece. */
  #whole(message: WireObject): void {
    this.readModel(message['model'])
    this.#count(message['usage'])
    for (const [index, block] of asList(message['content']).entries()) {
      this.#start({ index }, asObject(block) ?? {})
      this.#stop({ position: String(index) })
    }
    this.#end(message)
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
    this.#finish(reason)
  }

  #finish(reason: string | undefined): void {
    if (this.channel.finished) return
    const paused = this.#stopReason === 'pause_turn'
    this.#parts.finish()
    if (isWholeAnswer(reason) && !paused) this.#calls.finish()
    const needed = paused || this.#done.some((block) => !PLAIN_BLOCKS.has(block['type']))
    if (needed && !this.channel.answered) {
      const data: AnthropicData = { blocks: this.#done }
      this.channel.metadata({ providerData: data })
    }
    this.channel.finish(reason, paused)
  }
}

/** The arguments that a start event holds, as JSON text; an empty object says nothing. */
function wholeInput(input: unknown): string {
  if (typeof input === 'string') return input
  const object = asObject(input)
  return object === undefined || Object.keys(object).length === 0 ? '' : JSON.stringify(object)
}

/** What was read from the cache and written to it is counted apart from `input_tokens`. */
function anthropicUsage(usage: WireObject): Usage | undefined {
  const fresh = asCount(usage['input_tokens'])
  const cached = asCount(usage['cache_read_input_tokens'])
  const written = asCount(usage['cache_creation_input_tokens'])
  return usageOf({
    inputTokens: fresh === undefined ? undefined : fresh + (cached ?? 0) + (written ?? 0),
    outputTokens: asCount(usage['output_tokens']),
    reasoningTokens: asCount(asObject(usage['output_tokens_details'])?.['thinking_tokens']),
    cachedInputTokens: cached,
    cacheWriteTokens: written,
  })
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    // With fine-grained deltas the model may write invalid JSON; the block has to hold an object.
    return { arguments: json }
  }
}
