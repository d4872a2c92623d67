import type { FinishReason } from '../../types.ts'
import type { WireAnswer, WireFailure, WireFrame, JsonObject, Wanted, Wire } from './wire.ts'
import { arrayOf, objectAt, parsedArguments, stringOf, wantedOf } from './wire.ts'

/** Ollama's native `/api/chat`, one JSON object a line. https://github.com/ollama/ollama/blob/main/docs/api.md */
export const ollama: Wire = {
  name: 'ollama',
  contentType: 'application/x-ndjson',
  requestIdHeader: 'x-request-id',
  // The client complains about a line that isn't JSON, so the wire has none.
  ping: '',
  read,
  frames,
  whole: (answer) => ({
    ...line(answer, {
      content: [...answer.text, ...answer.refusal].join(''),
      ...(answer.reasoning.length > 0 ? { thinking: answer.reasoning.join('') } : {}),
      ...(answer.toolCalls.length > 0 ? { tool_calls: callsOf(answer) } : {}),
    }),
    ...ending(answer),
  }),
  failure: (failure) => ({ error: failure.message }),
  failureFrames: (failure) => [failureFrame(failure)],
}

function read(body: JsonObject): Wanted {
  return wantedOf({
    // Ollama streams unless told not to.
    stream: body['stream'] !== false,
    model: stringOf(body['model']),
    schema: body['format'],
    anyJson: body['format'] === 'json',
    forcedTool: undefined,
    anyTool: false,
    messages: body['messages'],
    tools: arrayOf(body['tools']).map((tool) => ({
      name: String(objectAt(tool, 'function')['name']),
      schema: objectAt(tool, 'function')['parameters'],
    })),
  })
}

function frames(answer: WireAnswer): WireFrame[] {
  const row = (message: JsonObject): WireFrame => ({ text: ndjson(line(answer, message)), isDelta: true })
  const result: WireFrame[] = [
    ...answer.reasoning.map((thinking) => row({ content: '', thinking })),
    ...[...answer.text, ...answer.refusal].map((content) => row({ content })),
    // Calls come whole, each on its own line.
    ...callsOf(answer).map((call) => row({ content: '', tool_calls: [call] })),
  ]
  if (answer.finish === 'error') {
    const failure = { status: 500, message: 'the model stopped working', requestId: answer.requestId }
    return [...result, { ...failureFrame(failure), isEnd: true }]
  }
  result.push({ text: ndjson({ ...line(answer, { content: '' }), ...ending(answer) }), isEnd: true })
  return result
}

function callsOf(answer: WireAnswer): JsonObject[] {
  return answer.toolCalls.map((call) => ({
    id: call.id,
    function: { name: call.name, arguments: parsedArguments(call) ?? {} },
  }))
}

function line(answer: WireAnswer, message: JsonObject): JsonObject {
  return {
    model: answer.model,
    created_at: new Date(answer.created * 1000).toISOString(),
    message: { role: 'assistant', ...message },
    done: false,
  }
}

function ending(answer: WireAnswer): JsonObject {
  const usage = answer.usage
  return {
    done: true,
    done_reason: answer.wireFinish ?? doneReason(answer.finish),
    total_duration: 1_000_000,
    load_duration: 0,
    ...(usage ? { prompt_eval_count: usage.inputTokens, prompt_eval_duration: 0 } : {}),
    ...(usage ? { eval_count: usage.outputTokens, eval_duration: 1_000_000 } : {}),
  }
}

/** Ollama knows `stop`, `length`, `load` and `unload` only. */
function doneReason(finish: FinishReason): string {
  if (finish === 'length') return 'length'
  return finish === 'other' ? 'unload' : 'stop'
}

function failureFrame(failure: WireFailure): WireFrame {
  return { text: ndjson({ error: failure.message, ...failure.fields }) }
}

function ndjson(value: unknown): string {
  return `${JSON.stringify(value)}\n`
}
