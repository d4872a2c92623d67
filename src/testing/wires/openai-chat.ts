import type { FinishReason } from '../../types.ts'
import type { WireAnswer, AnswerToolCall, WireFailure, WireFrame, JsonObject, Wanted, Wire } from './wire.ts'
import { arrayOf, objectAt, sse, stringOf, wantedOf } from './wire.ts'
import { openaiError } from './openai-error.ts'

/**
 * OpenAI Chat Completions, which Azure, Groq, vLLM, llama.cpp, LM Studio, OpenRouter and many others speak.
 * https://platform.openai.com/docs/api-reference/chat-streaming
 */
export const openaiChat: Wire = {
  name: 'openai-chat',
  contentType: 'text/event-stream; charset=utf-8',
  requestIdHeader: 'x-request-id',
  // A comment, as OpenRouter sends while it waits for the model.
  ping: ': PROCESSING\n\n',
  read,
  frames,
  whole,
  failure: (failure) => ({ error: openaiError(failure) }),
  failureFrames: (failure) => [failureFrame(failure)],
}

function read(body: JsonObject): Wanted {
  const choice = body['tool_choice']
  return wantedOf({
    stream: body['stream'] === true,
    model: stringOf(body['model']),
    schema: objectAt(body, 'response_format', 'json_schema')['schema'],
    anyJson: objectAt(body, 'response_format')['type'] === 'json_object',
    forcedTool: stringOf(objectAt(choice, 'function')['name']),
    anyTool: choice === 'required',
    messages: body['messages'],
    tools: arrayOf(body['tools']).map((tool) => ({
      name: String(objectAt(tool, 'function')['name']),
      schema: objectAt(tool, 'function')['parameters'],
    })),
  })
}

function frames(answer: WireAnswer): WireFrame[] {
  const wantsUsage = objectAt(answer.request, 'stream_options')['include_usage'] === true
  const envelope = {
    id: `chatcmpl-${answer.requestId}`,
    object: 'chat.completion.chunk',
    created: answer.created,
    model: answer.model,
    service_tier: 'default',
    system_fingerprint: 'fp_test',
  }
  const usageField = wantsUsage ? { usage: null } : {}
  const chunk = (delta: JsonObject, finishReason: string | null = null): string =>
    sse({
      ...envelope,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
      ...usageField,
    })
  const deltaFrame = (delta: JsonObject): WireFrame => ({ text: chunk(delta), isDelta: true })

  const result: WireFrame[] = []
  if (answer.path.includes('/openai/deployments/')) result.push({ text: azurePreamble })
  result.push({ text: chunk({ role: 'assistant', content: answer.toolCalls.length > 0 ? null : '', refusal: null }) })
  for (const piece of answer.reasoning) result.push(deltaFrame({ content: null, reasoning_content: piece }))
  for (const piece of answer.text) result.push(deltaFrame({ content: piece }))
  for (const piece of answer.refusal) result.push(deltaFrame({ refusal: piece }))
  answer.toolCalls.forEach((call, index) => {
    const opening = { index, id: call.id, type: 'function', function: { name: call.name, arguments: '' } }
    result.push({ text: chunk({ tool_calls: [opening] }) })
    for (const piece of call.deltas) {
      result.push(deltaFrame({ tool_calls: [{ index, function: { arguments: piece } }] }))
    }
  })

  const word = finishWord(answer)
  if (word !== null) result.push({ text: chunk({}, word), isEnd: true })
  if (wantsUsage && answer.usage) {
    result.push({ text: sse({ ...envelope, choices: [], usage: usageOf(answer) }), isEnd: true })
  }
  result.push({ text: sse('[DONE]'), isEnd: true })
  return result
}

function whole(answer: WireAnswer): JsonObject {
  const calls = answer.toolCalls.map((call) => toolCallOf(call))
  return {
    id: `chatcmpl-${answer.requestId}`,
    object: 'chat.completion',
    created: answer.created,
    model: answer.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: answer.text.join('') || null,
          refusal: answer.refusal.join('') || null,
          ...(answer.reasoning.length > 0 ? { reasoning_content: answer.reasoning.join('') } : {}),
          ...(calls.length > 0 ? { tool_calls: calls } : {}),
        },
        logprobs: null,
        finish_reason: finishWord(answer),
      },
    ],
    ...(answer.usage ? { usage: usageOf(answer) } : {}),
    system_fingerprint: 'fp_test',
  }
}

function toolCallOf(call: AnswerToolCall): JsonObject {
  return { id: call.id, type: 'function', function: { name: call.name, arguments: call.deltas.join('') } }
}

function finishWord(answer: WireAnswer): string | null {
  if (answer.wireFinish !== undefined) return answer.wireFinish
  const words: Record<FinishReason, string | null> = {
    stop: 'stop',
    length: 'length',
    'tool-calls': 'tool_calls',
    'content-filter': 'content_filter',
    refusal: 'stop',
    error: 'error',
    // OpenRouter and Snowflake end some answers with `[DONE]` alone.
    other: null,
  }
  return words[answer.finish]
}

function usageOf(answer: WireAnswer): JsonObject {
  const usage = answer.usage!
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.totalTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cachedInputTokens,
      audio_tokens: 0,
      ...(usage.cacheWriteTokens > 0 && { cache_write_tokens: usage.cacheWriteTokens }),
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoningTokens,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

function failureFrame(failure: WireFailure): WireFrame {
  const event = failure.form === 'event' ? 'error' : undefined
  return { text: sse({ error: openaiError(failure) }, event) }
}

const unfiltered = { filtered: false, severity: 'safe' }
const azurePreamble = sse({
  choices: [],
  created: 0,
  id: '',
  model: '',
  object: '',
  prompt_filter_results: [
    {
      prompt_index: 0,
      content_filter_results: { hate: unfiltered, self_harm: unfiltered, sexual: unfiltered, violence: unfiltered },
    },
  ],
})
