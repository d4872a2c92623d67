import type { WireAnswer, AnswerToolCall, WireFailure, WireFrame, JsonObject, Wanted, Wire } from './wire.ts'
import { arrayOf, objectAt, sse, stringOf, wantedOf } from './wire.ts'
import { openaiError } from './openai-error.ts'

/** OpenAI Responses. https://platform.openai.com/docs/api-reference/responses-streaming */
export const openaiResponses: Wire = {
  name: 'openai-responses',
  contentType: 'text/event-stream; charset=utf-8',
  requestIdHeader: 'x-request-id',
  ping: ': keep-alive\n\n',
  read,
  frames,
  whole: (answer) => responseOf(answer, answer.finish === 'error' ? 'failed' : finalStatus(answer), outputOf(answer)),
  failure: (failure) => ({ error: openaiError(failure) }),
  failureFrames,
}

function read(body: JsonObject): Wanted {
  const choice = body['tool_choice']
  return wantedOf({
    stream: body['stream'] === true,
    model: stringOf(body['model']),
    schema: objectAt(body, 'text', 'format')['schema'],
    anyJson: objectAt(body, 'text', 'format')['type'] === 'json_object',
    forcedTool: objectAt(choice)['type'] === 'function' ? stringOf(objectAt(choice)['name']) : undefined,
    anyTool: choice === 'required',
    messages: body['input'],
    tools: arrayOf(body['tools']).map((tool) => ({ name: String(tool['name']), schema: tool['parameters'] })),
  })
}

type Status = 'in_progress' | 'completed' | 'incomplete' | 'failed'

function frames(answer: WireAnswer): WireFrame[] {
  const result: WireFrame[] = []
  const push = (type: string, fields: JsonObject, flags: Omit<WireFrame, 'text'> = {}): void => {
    result.push({ text: sse({ type, sequence_number: result.length, ...fields }, type), ...flags })
  }
  push('response.created', { response: responseOf(answer, 'in_progress', []) })
  push('response.in_progress', { response: responseOf(answer, 'in_progress', []) })
  itemsOf(answer).forEach((item, index) => pushItem(push, item, index))

  if (answer.finish === 'error') {
    const failure = { status: 500, message: 'The server had an error.', requestId: answer.requestId }
    return [...result, ...failureFrames(failure, answer, result.length)].map((frame, index) =>
      index < result.length ? frame : { ...frame, isEnd: true },
    )
  }
  const status = finalStatus(answer)
  push(`response.${status}`, { response: responseOf(answer, status, outputOf(answer)) }, { isEnd: true })
  return result
}

/** One item of the output, with the texts that stream into it. */
type Item =
  | { kind: 'reasoning'; id: string; deltas: string[] }
  | { kind: 'message'; id: string; text: string[]; refusal: string[] }
  | { kind: 'call'; id: string; call: AnswerToolCall }

function itemsOf(answer: WireAnswer): Item[] {
  const items: Item[] = []
  if (answer.reasoning.length > 0) {
    items.push({ kind: 'reasoning', id: `rs_${answer.requestId}`, deltas: answer.reasoning })
  }
  if (answer.text.length > 0 || answer.refusal.length > 0 || answer.toolCalls.length === 0) {
    items.push({ kind: 'message', id: `msg_${answer.requestId}`, text: answer.text, refusal: answer.refusal })
  }
  answer.toolCalls.forEach((call, index) => items.push({ kind: 'call', id: `fc_${answer.requestId}_${index}`, call }))
  return items
}

type Push = (type: string, fields: JsonObject, flags?: Omit<WireFrame, 'text'>) => void

function pushItem(push: Push, item: Item, index: number): void {
  const place = { output_index: index, item_id: item.id }
  push('response.output_item.added', { output_index: index, item: itemBody(item, 'in_progress') })
  switch (item.kind) {
    case 'reasoning': {
      const at = { ...place, summary_index: 0 }
      push('response.reasoning_summary_part.added', { ...at, part: { type: 'summary_text', text: '' } })
      for (const delta of item.deltas)
        push('response.reasoning_summary_text.delta', { ...at, delta }, { isDelta: true })
      const text = item.deltas.join('')
      push('response.reasoning_summary_text.done', { ...at, text })
      push('response.reasoning_summary_part.done', { ...at, part: { type: 'summary_text', text } })
      break
    }
    case 'message': {
      const parts = partsOf(item)
      parts.forEach(({ part, deltas, event }, contentIndex) => {
        const at = { ...place, content_index: contentIndex }
        const extra = event === 'output_text' ? { logprobs: [] } : {}
        push('response.content_part.added', { ...at, part: emptied(part) })
        for (const delta of deltas) push(`response.${event}.delta`, { ...at, delta, ...extra }, { isDelta: true })
        const done = event === 'refusal' ? { refusal: deltas.join('') } : { text: deltas.join(''), ...extra }
        push(`response.${event}.done`, { ...at, ...done })
        push('response.content_part.done', { ...at, part })
      })
      break
    }
    case 'call': {
      const at = place
      for (const delta of item.call.deltas) {
        push('response.function_call_arguments.delta', { ...at, delta }, { isDelta: true })
      }
      const done = { name: item.call.name, arguments: item.call.deltas.join('') }
      push('response.function_call_arguments.done', { ...at, ...done })
      break
    }
    default: {
      const never: never = item
      throw new TypeError(`no such item: ${String(never)}`)
    }
  }
  push('response.output_item.done', { output_index: index, item: itemBody(item, 'completed') })
}

function partsOf(item: Extract<Item, { kind: 'message' }>) {
  const parts: { part: JsonObject; deltas: string[]; event: 'output_text' | 'refusal' }[] = []
  if (item.text.length > 0 || item.refusal.length === 0) {
    const part = { type: 'output_text', annotations: [], logprobs: [], text: item.text.join('') }
    parts.push({ part, deltas: item.text, event: 'output_text' })
  }
  if (item.refusal.length > 0) {
    parts.push({ part: { type: 'refusal', refusal: item.refusal.join('') }, deltas: item.refusal, event: 'refusal' })
  }
  return parts
}

function emptied(part: JsonObject): JsonObject {
  return 'text' in part ? { ...part, text: '' } : { ...part, refusal: '' }
}

function itemBody(item: Item, status: 'in_progress' | 'completed'): JsonObject {
  const isDone = status === 'completed'
  switch (item.kind) {
    case 'reasoning':
      return {
        id: item.id,
        type: 'reasoning',
        encrypted_content: null,
        summary: isDone ? [{ type: 'summary_text', text: item.deltas.join('') }] : [],
      }
    case 'message':
      return {
        id: item.id,
        type: 'message',
        status,
        content: isDone ? partsOf(item).map(({ part }) => part) : [],
        role: 'assistant',
      }
    case 'call':
      return {
        id: item.id,
        type: 'function_call',
        status,
        arguments: isDone ? item.call.deltas.join('') : '',
        call_id: item.call.id,
        name: item.call.name,
      }
    default: {
      const never: never = item
      throw new TypeError(`no such item: ${String(never)}`)
    }
  }
}

function outputOf(answer: WireAnswer): JsonObject[] {
  return itemsOf(answer).map((item) => itemBody(item, 'completed'))
}

function finalStatus(answer: WireAnswer): 'completed' | 'incomplete' {
  return incompleteReason(answer) === null ? 'completed' : 'incomplete'
}

function incompleteReason(answer: WireAnswer): string | null {
  if (answer.wireFinish !== undefined) return answer.wireFinish
  switch (answer.finish) {
    case 'length':
      return 'max_output_tokens'
    case 'content-filter':
      return 'content_filter'
    case 'other':
      return 'other'
    case 'stop':
    case 'tool-calls':
    case 'refusal':
    case 'error':
      return null
    default: {
      const never: never = answer.finish
      throw new TypeError(`no such finish reason: ${String(never)}`)
    }
  }
}

function responseOf(
  answer: WireAnswer,
  status: Status,
  output: JsonObject[],
  error: JsonObject | null = null,
): JsonObject {
  const reason = status === 'incomplete' ? incompleteReason(answer) : null
  const { request } = answer
  return {
    id: `resp_${answer.requestId}`,
    object: 'response',
    created_at: answer.created,
    status,
    background: false,
    error,
    incomplete_details: reason === null ? null : { reason },
    instructions: request['instructions'] ?? null,
    max_output_tokens: request['max_output_tokens'] ?? null,
    model: answer.model,
    output,
    parallel_tool_calls: request['parallel_tool_calls'] ?? true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    store: request['store'] ?? true,
    temperature: request['temperature'] ?? 1,
    text: request['text'] ?? { format: { type: 'text' } },
    tool_choice: request['tool_choice'] ?? 'auto',
    tools: request['tools'] ?? [],
    top_p: 1,
    truncation: 'disabled',
    usage: status === 'in_progress' || !answer.usage ? null : usageOf(answer),
    user: null,
    metadata: {},
  }
}

function usageOf(answer: WireAnswer): JsonObject {
  const usage = answer.usage!
  return {
    input_tokens: usage.inputTokens,
    input_tokens_details: {
      cached_tokens: usage.cachedInputTokens,
      ...(usage.cacheWriteTokens > 0 && { cache_write_tokens: usage.cacheWriteTokens }),
    },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: usage.totalTokens,
  }
}

/** An `error` event, nested as OpenAI sends it or flat as its reference says, and then `response.failed`. */
function failureFrames(failure: WireFailure, answer: WireAnswer, sequence = 2): WireFrame[] {
  const error = openaiError(failure)
  const { type: _type, ...flat } = error
  const body = failure.form === 'flat' ? flat : { error }
  const failed = responseOf(answer, 'failed', [], { code: error['code'], message: failure.message })
  return [
    { text: sse({ type: 'error', sequence_number: sequence, ...body }, 'error') },
    { text: sse({ type: 'response.failed', sequence_number: sequence + 1, response: failed }, 'response.failed') },
  ]
}
