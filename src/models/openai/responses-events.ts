import type { Usage } from '../../types.ts'
import { AnswerParts } from '../events/answer-parts.ts'
import { Calls } from '../events/calls.ts'
import { isWholeAnswer } from '../events/finish-reason.ts'
import { type Identity, type Piecewise, Things } from '../events/identity.ts'
import { restOf } from '../events/repetition.ts'
import { usageOf } from '../events/usage.ts'
import { WireFault } from '../events/wire-fault.ts'
import { ChannelReader } from '../events/wire-reader.ts'
import { asCount, asIndex, asList, asName, asObject, asText, type WireObject } from '../events/wire-value.ts'
import type { ResponsesData } from './responses-request.ts'

/** A message of the output, to know which of them are commentary. */
interface Message extends Piecewise {
  isCommentary: boolean
}

/**
 * Reads the events of a Responses stream. Output items are distinguished by their ids, with `output_index` as a help;
 * messages that follow each other are one text, those of phase `commentary` are reasoning. What the wire repeats
 * (`.done`, the item, the response) is compared with what came in deltas.
 */
export class ResponsesReader extends ChannelReader {
  readonly #parts = new AnswerParts(this.channel)
  readonly #calls = new Calls(this.channel)
  readonly #messages = new Things<Message>()
  readonly #refusals = new Map<string, string>()
  readonly #items: WireObject[] = []
  #failed: WireObject | undefined

  protected override readWire(wire: WireObject): boolean {
    const type = asText(wire['type'])
    switch (type) {
      case 'response.output_item.added':
        this.#itemAdded(wire, asObject(wire['item']) ?? {})
        break
      case 'response.content_part.added':
        if (isText(wire['part']) && !this.#isCommentary(wire)) this.#parts.startInside(partOf(wire))
        break
      case 'response.output_text.delta':
        this.#parts.piece(partOf(wire), asText(wire['delta']), this.#isCommentary(wire))
        break
      case 'response.output_text.done':
        this.#parts.whole(partOf(wire), asText(wire['text']), this.#isCommentary(wire))
        break
      case 'response.content_part.done':
        this.#partDone(wire, asObject(wire['part']) ?? {})
        break
      case 'response.refusal.delta':
        this.#refuse(wire, asText(wire['delta']))
        break
      case 'response.refusal.done':
        this.#refusalDone(wire, asText(wire['refusal']))
        break
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        this.channel.reasoning(asText(wire['delta']))
        break
      case 'response.function_call_arguments.delta':
        this.#calls.piece(callOf(wire), asText(wire['delta']))
        break
      case 'response.function_call_arguments.done':
        this.#calls.end(callOf(wire), asText(wire['arguments']))
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
      case 'response.done':
        this.#end(asObject(wire['response']) ?? {}, type === 'response.incomplete')
        break
      case 'response.cancelled':
        this.channel.finish('cancelled')
        break
      case 'response.failed': {
        const response = asObject(wire['response']) ?? {}
        this.channel.usage(responsesUsage(response))
        this.#failed = asObject(response['error']) ?? { message: 'The response failed.' }
        break
      }
      default:
        // The whole response as one document.
        if (wire['object'] === 'response') this.#whole(wire)
        else return type.startsWith('response.') || type === 'error' || type === 'keepalive'
    }
    return true
  }

  /** Nested in `error`, or flat: the SDK passes the flat one through without throwing. */
  protected override readError(wire: WireObject): WireObject | undefined {
    return this.#failed ?? super.readError(wire)
  }

  #itemAdded(wire: WireObject, item: WireObject): void {
    const identity = itemOf(wire, item)
    if (item['type'] === 'function_call') this.#calls.start(identity)
    if (item['type'] !== 'message') return
    const isCommentary = item['phase'] === 'commentary'
    this.#messages.add({ item: identity.item, position: identity.position, isCommentary, isEnded: false })
    this.#parts.start(partOf({ ...wire, item_id: item['id'] }), isCommentary)
  }

  #itemDone(wire: WireObject, item: WireObject): void {
    this.#items.push(item)
    const identity = itemOf(wire, item)
    if (item['type'] === 'function_call') {
      const text = argumentsOf(item)
      if (this.#calls.isBegun(identity)) this.#calls.end(identity, text)
      else this.#calls.whole(identity, text)
    }
    if (item['type'] === 'message') this.#messageDone(wire, item)
  }

  #messageDone(given: WireObject, item: WireObject): void {
    const wire = { ...given, item_id: item['id'] }
    const isCommentary = item['phase'] === 'commentary' || this.#isCommentary(wire)
    for (const [index, content] of asList(item['content']).entries()) {
      this.#partDone({ ...wire, content_index: index }, asObject(content) ?? {}, isCommentary)
    }
    this.#parts.endAll(partOf(wire))
    for (const message of this.#messages.open(itemOf(wire, item))) this.#messages.end(message)
  }

  #partDone(wire: WireObject, part: WireObject, isCommentary = this.#isCommentary(wire)): void {
    if (isText(part)) this.#parts.whole(partOf(wire), asText(part['text']), isCommentary)
    if (part['type'] === 'refusal') this.#refusalDone(wire, asText(part['refusal']))
  }

  #refuse(wire: WireObject, text: string): void {
    const key = JSON.stringify(partOf(wire))
    this.#refusals.set(key, (this.#refusals.get(key) ?? '') + text)
    this.channel.refusal(text)
  }

  #refusalDone(wire: WireObject, whole: string): void {
    const said = [...this.#refusals.values()]
    if (said.includes(whole)) return
    this.#refuse(
      wire,
      restOf(this.#refusals.get(JSON.stringify(partOf(wire))) ?? said.at(-1) ?? '', whole, 'the refusal'),
    )
  }

  #isCommentary(wire: WireObject): boolean {
    const item = asName(wire['item_id'])
    const position = asIndex(wire['output_index'])
    const open = this.#messages.open({ item, position })
    const messages = open.length > 0 ? open : this.#messages.matching({ item, position })
    const isCommentary = messages.some((message) => message.isCommentary)
    if (isCommentary && messages.some((message) => !message.isCommentary)) {
      throw new WireFault('sent a piece of text, and it cannot be determined whether it is commentary')
    }
    return isCommentary
  }

  #whole(response: WireObject): void {
    const status = asName(response['status'])
    if (status === 'failed') this.#failed = asObject(response['error']) ?? { message: 'The response failed.' }
    else if (status === 'completed' || status === 'incomplete') this.#end(response, status === 'incomplete')
  }

  #end(response: WireObject, isIncomplete: boolean): void {
    this.readModel(response['model'])
    this.channel.usage(responsesUsage(response))
    const incomplete = asName(asObject(response['incomplete_details'])?.['reason']) ?? 'incomplete'
    const status = asName(response['status'])
    const reason = isIncomplete ? incomplete : status === undefined || status === 'completed' ? 'stop' : status
    if (!this.channel.finished) {
      this.#repeated(asList(response['output']).map((item) => asObject(item) ?? {}))
      this.#parts.finish()
      if (isWholeAnswer(reason)) this.#calls.finish()
    }
    // Without reasoning the neutral messages say all; the answer tool's call is not a call in the history.
    if (this.#items.some((item) => item['type'] === 'reasoning') && !isIncomplete && !this.channel.answered) {
      const data: ResponsesData = { items: this.#items }
      this.channel.metadata({ providerData: data })
    }
    this.channel.finish(reason)
  }

  /** All output items once more, under new ids at some servers. */
  #repeated(output: readonly WireObject[]): void {
    const texts: (Identity & { text: string })[] = []
    const calls: (Identity & { text: string })[] = []
    for (const [index, item] of output.entries()) {
      if (item['type'] === 'function_call') {
        calls.push({ ...itemOf({ output_index: index }, item), text: argumentsOf(item) })
      } else if (item['type'] === 'message' && item['phase'] !== 'commentary') {
        for (const [at, content] of asList(item['content']).entries()) {
          const part = asObject(content) ?? {}
          const place = { output_index: index, item_id: item['id'], content_index: at }
          if (isText(part)) texts.push({ ...partOf(place), text: asText(part['text']) })
          else this.#partDone(place, part, false)
        }
      }
    }
    this.#parts.repeated(texts)
    this.#calls.repeated(calls)
  }
}

function isText(part: unknown): boolean {
  const type = asObject(part)?.['type']
  return type === 'output_text' || type === 'text'
}

/** An item's id, its place and, of a call, its name and the id under which the result is given back. */
function itemOf(wire: WireObject, item: WireObject): Identity {
  return {
    id: asName(item['call_id']),
    item: asName(item['id']) ?? asName(wire['item_id']),
    position: asIndex(wire['output_index']),
    name: item['type'] === 'function_call' ? asName(item['name']) : undefined,
  }
}

function callOf(wire: WireObject): Identity {
  return {
    id: asName(wire['call_id']),
    item: asName(wire['item_id']),
    position: asIndex(wire['output_index']),
    name: asName(wire['name']),
  }
}

/** A content part: the item and the place in it. */
function partOf(wire: WireObject): Identity {
  const [item, position] = [asName(wire['item_id']), asIndex(wire['output_index'])]
  const at = asIndex(wire['content_index']) ?? '0'
  return {
    item: item === undefined ? undefined : `${item}/${at}`,
    position: position === undefined ? undefined : `${position}/${at}`,
  }
}

function argumentsOf(item: WireObject): string {
  const given = item['arguments']
  return asObject(given) === undefined ? asText(given) : JSON.stringify(given)
}

function responsesUsage(response: WireObject): Usage | undefined {
  const usage = asObject(response['usage'])
  if (usage === undefined) return undefined
  const details = asObject(usage['input_tokens_details'])
  return usageOf({
    inputTokens: asCount(usage['input_tokens']),
    outputTokens: asCount(usage['output_tokens']),
    totalTokens: asCount(usage['total_tokens']),
    reasoningTokens: asCount(asObject(usage['output_tokens_details'])?.['reasoning_tokens']),
    cachedInputTokens: asCount(details?.['cached_tokens']),
    cacheWriteTokens: asCount(details?.['cache_write_tokens']),
  })
}
