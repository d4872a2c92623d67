import type { FinishReason } from '../../types.ts'
import type { WireAnswer, WireFailure, WireFrame, JsonObject, Wanted, Wire } from './wire.ts'
import { arrayOf, objectAt, parsedArguments, sse, stringOf, wantedOf } from './wire.ts'

/** Gemini's `streamGenerateContent?alt=sse`. https://ai.google.dev/api/generate-content */
export const gemini: Wire = {
  name: 'gemini',
  contentType: 'text/event-stream',
  requestIdHeader: 'x-goog-request-id',
  ping: ': ping\n\n',
  read,
  frames,
  whole: (answer) => {
    const parts = [...partsOf(answer), ...callParts(answer)]
    return response(answer, parts.length > 0 ? parts : [{ text: '' }], finishWord(answer))
  },
  failure: errorBody,
  failureFrames: (failure) => [{ text: sse(errorBody(failure)) }],
}

function read(body: JsonObject, path: string): Wanted {
  const config = objectAt(body, 'generationConfig')
  const calling = objectAt(body, 'toolConfig', 'functionCallingConfig')
  const allowed = calling['allowedFunctionNames']
  const tools = arrayOf(body['tools']).flatMap((tool) => arrayOf(tool['functionDeclarations']))
  return wantedOf({
    stream: path.includes(':streamGenerateContent'),
    model: /\/models\/([^/:]+):/.exec(path)?.[1],
    schema: config['responseJsonSchema'] ?? config['responseSchema'],
    anyJson: config['responseMimeType'] === 'application/json',
    forcedTool: Array.isArray(allowed) && allowed.length === 1 ? stringOf(allowed[0]) : undefined,
    anyTool: calling['mode'] === 'ANY',
    messages: body['contents'],
    tools: tools.map((tool) => ({
      name: String(tool['name']),
      schema: tool['parametersJsonSchema'] ?? tool['parameters'],
    })),
  })
}

function frames(answer: WireAnswer): WireFrame[] {
  const result: WireFrame[] = partsOf(answer).map((part) => ({ text: sse(response(answer, [part])), isDelta: true }))
  // Function calls come whole, each in its own event.
  for (const part of callParts(answer)) result.push({ text: sse(response(answer, [part])), isDelta: true })
  result.push({ text: sse(response(answer, [{ text: '' }], finishWord(answer))), isEnd: true })
  return result
}

/** Gemini has no refusal field: what the model says before it is stopped is text. */
function partsOf(answer: WireAnswer): JsonObject[] {
  return [
    ...answer.reasoning.map((text) => ({ text, thought: true })),
    ...[...answer.text, ...answer.refusal].map((text) => ({ text })),
  ]
}

function callParts(answer: WireAnswer): JsonObject[] {
  return answer.toolCalls.flatMap((call) => {
    const args = parsedArguments(call)
    return args === undefined ? [] : [{ functionCall: { id: call.id, name: call.name, args } }]
  })
}

function response(answer: WireAnswer, parts: JsonObject[], finishReason?: string): JsonObject {
  const usage = answer.usage
  const candidate = { content: { parts, role: 'model' }, ...(finishReason ? { finishReason } : {}), index: 0 }
  const counts = usage && {
    promptTokenCount: usage.inputTokens,
    // Thoughts are counted apart.
    candidatesTokenCount: usage.outputTokens - usage.reasoningTokens,
    totalTokenCount: usage.totalTokens,
    ...(usage.reasoningTokens > 0 ? { thoughtsTokenCount: usage.reasoningTokens } : {}),
    ...(usage.cachedInputTokens > 0 ? { cachedContentTokenCount: usage.cachedInputTokens } : {}),
  }
  return {
    candidates: [candidate],
    ...(counts ? { usageMetadata: counts } : {}),
    modelVersion: answer.model,
    responseId: answer.requestId,
  }
}

function finishWord(answer: WireAnswer): string {
  if (answer.wireFinish !== undefined) return answer.wireFinish
  if (answer.toolCalls.some((call) => parsedArguments(call) === undefined)) {
    return answer.finish === 'length' ? 'MAX_TOKENS' : 'MALFORMED_FUNCTION_CALL'
  }
  const words: Record<FinishReason, string> = {
    stop: 'STOP',
    length: 'MAX_TOKENS',
    'tool-calls': 'STOP',
    'content-filter': 'SAFETY',
    refusal: 'PROHIBITED_CONTENT',
    error: 'MALFORMED_FUNCTION_CALL',
    other: 'OTHER',
  }
  return words[answer.finish]
}

function errorBody(failure: WireFailure): JsonObject {
  const status = failure.type ?? statusWord(failure.status)
  return { error: { code: failure.status, message: failure.message, status, ...failure.fields } }
}

/** https://cloud.google.com/apis/design/errors */
function statusWord(status: number): string {
  switch (status) {
    case 400:
      return 'INVALID_ARGUMENT'
    case 401:
      return 'UNAUTHENTICATED'
    case 403:
      return 'PERMISSION_DENIED'
    case 404:
      return 'NOT_FOUND'
    case 429:
      return 'RESOURCE_EXHAUSTED'
    case 503:
      return 'UNAVAILABLE'
    default:
      return status >= 500 ? 'INTERNAL' : 'FAILED_PRECONDITION'
  }
}
