import type { FinishReason, Usage } from '../../types.ts'
import { ChannelReader } from '../events/wire-reader.ts'
import type { ResponsesData } from './responses-request.ts'
import { usageOf } from '../events/usage.ts'
import { asCount, asName, asObject, asText, type WireObject } from '../events/wire-value.ts'

/**
 * Reads the events of a Responses stream. Output items are told apart by `output_index`; several messages are one text,
 * those of phase `commentary` are reasoning.
 */
export class ResponsesReader extends ChannelReader {
  /** Indexes of messages that are commentary. */
  readonly #commentary = new Set<unknown>()
  /** Parts that came in deltas, so that their `.done` repeats nothing. */
  readonly #seen = new Set<string>()
  readonly #items: WireObject[] = []

  protected override readWire(wire: WireObject): void {
    const type = asText(wire['type'])
    const part = `${String(wire['output_index'])}/${String(wire['content_index'] ?? wire['summary_index'])}`
    switch (type) {
      case 'response.output_item.added':
        this.#itemAdded(wire['output_index'], asObject(wire['item']) ?? {})
        break
      case 'response.output_text.delta':
        this.#text(wire, part, asText(wire['delta']))
        break
      case 'response.output_text.done':
        if (!this.#seen.has(part)) this.#text(wire, part, asText(wire['text']))
        break
      case 'response.refusal.delta':
        this.#seen.add(part)
        this.channel.refusal(asText(wire['delta']))
        break
      case 'response.refusal.done':
        if (!this.#seen.has(part)) this.channel.refusal(asText(wire['refusal']))
        break
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        this.channel.reasoning(asText(wire['delta']))
        break
      case 'response.function_call_arguments.delta':
        this.channel.toolDelta(callKey(wire), asText(wire['delta']))
        break
      case 'response.function_call_arguments.done':
        this.channel.toolEnd(callKey(wire), asText(wire['arguments']))
        break
      case 'response.output_item.done':
        this.#itemDone(wire, asObject(wire['item']) ?? {})
        break
      case 'response.created':
      case 'response.in_progress':
        this.readModel(asObject(wire['response'])?.['model'])
        break
      case 'response.completed':
      case 'response.incomplete':
        this.#end(asObject(wire['response']) ?? {}, type === 'response.completed')
        break
      case 'response.failed': {
        const response = asObject(wire['response']) ?? {}
        this.channel.usage(responsesUsage(response))
        this.error = asObject(response['error']) ?? { message: 'The response failed.' }
        break
      }
      case 'error':
        // Nested in `error`, or flat: the SDK passes the flat one through without throwing.
        this.error = asObject(wire['error']) ?? { ...wire, type: undefined }
        break
      default:
        break
    }
  }

  #itemAdded(index: unknown, item: WireObject): void {
    if (item['type'] === 'message' && item['phase'] === 'commentary') this.#commentary.add(index)
    if (item['type'] === 'function_call') this.#startCall(index, item)
  }

  #startCall(index: unknown, item: WireObject): void {
    this.channel.toolStart(callKey({ output_index: index }), asName(item['call_id']), asText(item['name']))
  }

  #itemDone(wire: WireObject, item: WireObject): void {
    this.#items.push(item)
    if (item['type'] !== 'function_call') return
    this.#startCall(wire['output_index'], item)
    this.channel.toolEnd(callKey(wire), asText(item['arguments']))
  }

  #text(wire: WireObject, part: string, text: string): void {
    this.#seen.add(part)
    if (this.#commentary.has(wire['output_index'])) this.channel.reasoning(text)
    else this.channel.text(text)
  }

  #end(response: WireObject, completed: boolean): void {
    this.readModel(response['model'])
    this.channel.usage(responsesUsage(response))
    // Without reasoning the neutral messages say all; the answer tool's call is no call in the history.
    if (this.#items.some((item) => item['type'] === 'reasoning') && completed && !this.channel.answered) {
      const data: ResponsesData = { items: this.#items }
      this.channel.metadata({ providerData: data })
    }
    this.channel.finish(completed ? 'stop' : incompleteReason(response))
  }
}

/** Function calls are keyed by where they stand in the output. */
function callKey(wire: WireObject): string {
  return String(wire['output_index'])
}

function incompleteReason(response: WireObject): FinishReason {
  const reason = asObject(response['incomplete_details'])?.['reason']
  if (reason === 'max_output_tokens') return 'length'
  return reason === 'content_filter' ? 'content-filter' : 'other'
}

function responsesUsage(response: WireObject): Usage | undefined {
  const usage = asObject(response['usage'])
  if (usage === undefined) return undefined
  return usageOf({
    inputTokens: asCount(usage['input_tokens']),
    outputTokens: asCount(usage['output_tokens']),
    totalTokens: asCount(usage['total_tokens']),
    reasoningTokens: asCount(asObject(usage['output_tokens_details'])?.['reasoning_tokens']),
    cachedInputTokens: asCount(asObject(usage['input_tokens_details'])?.['cached_tokens']),
  })
}
