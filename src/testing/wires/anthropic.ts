import type { FinishReason } from '../../types.ts'
import type { WireAnswer, WireFailure, WireFrame, JsonObject, Wanted, Wire } from './wire.ts'
import { arrayOf, objectAt, parsedArguments, sse, stringOf, wantedOf } from './wire.ts'

/** Anthropic Messages. https://docs.anthropic.com/en/docs/build-with-claude/streaming */
export const anthropic: Wire = {
  name: 'anthropic',
  contentType: 'text/event-stream; charset=utf-8',
  requestIdHeader: 'request-id',
  ping: 'event: ping\ndata: {"type": "ping"}\n\n',
  read,
  frames,
  whole,
  failure: errorBody,
  failureFrames: (failure) => [{ text: sse(errorBody(failure), 'error') }],
}

function read(body: JsonObject): Wanted {
  const choice = objectAt(body, 'tool_choice')
  return wantedOf({
    stream: body['stream'] === true,
    model: stringOf(body['model']),
    schema: objectAt(body, 'output_config', 'format')['schema'] ?? objectAt(body, 'output_format')['schema'],
    anyJson: false,
    forcedTool: choice['type'] === 'tool' ? stringOf(choice['name']) : undefined,
    anyTool: choice['type'] === 'any',
    messages: body['messages'],
    tools: arrayOf(body['tools']).map((tool) => ({ name: String(tool['name']), schema: tool['input_schema'] })),
  })
}

function frames(answer: WireAnswer): WireFrame[] {
  const result: WireFrame[] = []
  const push = (type: string, fields: JsonObject, flags: Omit<WireFrame, 'text'> = {}): void => {
    result.push({ text: sse({ type, ...fields }, type), ...flags })
  }
  push('message_start', {
    message: {
      ...messageOf(answer, [], null),
      usage: answer.usage ? usageOf(answer, 1) : { input_tokens: 0, output_tokens: 0 },
    },
  })

  blocksOf(answer).forEach((block, index) => {
    push('content_block_start', { index, content_block: block.empty })
    for (const delta of block.deltas) push('content_block_delta', { index, delta }, { isDelta: true })
    push('content_block_stop', { index })
  })

  if (answer.finish === 'error') {
    const failure = { status: 500, message: 'Internal server error', requestId: answer.requestId }
    result.push({ text: sse(errorBody(failure), 'error'), isEnd: true })
    return result
  }
  const delta = { stop_reason: stopReason(answer), stop_sequence: null, ...stopDetails(answer) }
  push('message_delta', { delta, usage: usageOf(answer, answer.usage?.outputTokens ?? 0) }, { isEnd: true })
  push('message_stop', {}, { isEnd: true })
  return result
}

interface Block {
  empty: JsonObject
  deltas: JsonObject[]
  whole: JsonObject
}

function blocksOf(answer: WireAnswer): Block[] {
  const blocks: Block[] = []
  if (answer.reasoning.length > 0) {
    const signature = Buffer.from(`signature of ${answer.requestId}`).toString('base64')
    blocks.push({
      empty: { type: 'thinking', thinking: '', signature: '' },
      deltas: [
        ...answer.reasoning.map((thinking) => ({ type: 'thinking_delta', thinking })),
        { type: 'signature_delta', signature },
      ],
      whole: { type: 'thinking', thinking: answer.reasoning.join(''), signature },
    })
  }
  // Anthropic has no refusal field: what the model says before it stops is text.
  const text = [...answer.text, ...answer.refusal]
  if (text.length > 0 || answer.toolCalls.length === 0) {
    blocks.push({
      empty: { type: 'text', text: '' },
      deltas: text.map((piece) => ({ type: 'text_delta', text: piece })),
      whole: { type: 'text', text: text.join('') },
    })
  }
  for (const call of answer.toolCalls) {
    const head = { type: 'tool_use', id: call.id, name: call.name }
    blocks.push({
      empty: { ...head, input: {} },
      deltas: ['', ...call.deltas].map((piece) => ({ type: 'input_json_delta', partial_json: piece })),
      whole: { ...head, input: parsedArguments(call) ?? {} },
    })
  }
  return blocks
}

function whole(answer: WireAnswer): JsonObject {
  const blocks = blocksOf(answer).map((block) => block.whole)
  return {
    ...messageOf(answer, blocks, stopReason(answer)),
    ...stopDetails(answer),
    usage: usageOf(answer, answer.usage?.outputTokens ?? 0),
  }
}

function messageOf(answer: WireAnswer, content: JsonObject[], stop: string | null): JsonObject {
  return {
    model: answer.model,
    id: `msg_${answer.requestId}`,
    type: 'message',
    role: 'assistant',
    content,
    stop_reason: stop,
    stop_sequence: null,
  }
}

function stopReason(answer: WireAnswer): string {
  if (answer.wireFinish !== undefined) return answer.wireFinish
  // A forced tool ends with `tool_use` here, unlike OpenAI's `stop`.
  if (answer.finish === 'stop' && answer.toolCalls.some((call) => call.isAnswer)) return 'tool_use'
  const words: Record<FinishReason, string> = {
    stop: 'end_turn',
    length: 'max_tokens',
    'tool-calls': 'tool_use',
    'content-filter': 'refusal',
    refusal: 'refusal',
    error: 'error',
    other: 'other',
  }
  return words[answer.finish]
}

function stopDetails(answer: WireAnswer): JsonObject {
  if (stopReason(answer) !== 'refusal') return {}
  return { stop_details: { type: 'refusal', category: null, explanation: answer.refusal.join('') || null } }
}

/** Anthropic counts cached input apart from `input_tokens`. */
function usageOf(answer: WireAnswer, outputTokens: number): JsonObject {
  const usage = answer.usage
  if (!usage) return { output_tokens: outputTokens }
  return {
    input_tokens: usage.inputTokens - usage.cachedInputTokens - usage.cacheWriteTokens,
    cache_creation_input_tokens: usage.cacheWriteTokens,
    cache_read_input_tokens: usage.cachedInputTokens,
    output_tokens: outputTokens,
    ...(usage.reasoningTokens > 0 ? { output_tokens_details: { thinking_tokens: usage.reasoningTokens } } : {}),
    service_tier: 'standard',
  }
}

function errorBody(failure: WireFailure): JsonObject {
  const error = { type: failure.type ?? errorType(failure.status), message: failure.message, ...failure.fields }
  return { type: 'error', error, request_id: failure.requestId }
}

/** https://docs.anthropic.com/en/api/errors */
function errorType(status: number): string {
  switch (status) {
    case 401:
      return 'authentication_error'
    case 403:
      return 'permission_error'
    case 404:
      return 'not_found_error'
    case 413:
      return 'request_too_large'
    case 429:
      return 'rate_limit_error'
    case 529:
      return 'overloaded_error'
    default:
      return status >= 500 ? 'api_error' : 'invalid_request_error'
  }
}
