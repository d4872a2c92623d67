import type { Usage } from '../types.ts'
import { random } from '../models/simulate/random.ts'
import { sampleOf } from '../models/simulate/sample-data.ts'
import { trueAnswer } from '../models/simulate/true-answer.ts'
import type { CallIds } from './call-ids.ts'
import { cutText } from './chunking.ts'
import type { Reply, ReplyToolCall } from './reply.ts'
import { checkReply } from './reply.ts'
import type { WireAnswer, AnswerToolCall, JsonObject, Wanted, ReplyUsage } from './wires/wire.ts'

/** What a reply means for one request: every default filled in, every text cut into deltas. */
export function answerOf(reply: Reply, wanted: Wanted, context: AnswerContext): WireAnswer {
  checkReply(reply)
  const between = random(reply.seed ?? 1)
  const cut = (text: string): string[] => cutText(text, reply.chunking ?? 4, between)

  const reasoning = cut(reply.reasoning ?? '')
  const deltas = reply.deltas ? [...reply.deltas] : cut(textOf(reply, wanted, context))
  const refusal = cut(reply.refusal ?? '')
  const tool = deltas.length > 0 ? (reply.answerTool ?? wanted.forcedTool ?? lastTool(wanted)) : undefined
  const toolCalls: AnswerToolCall[] = (reply.toolCalls ?? []).map((call) => ({
    id: context.callIds.take(call.id),
    name: call.name,
    deltas: cut(argumentsOf(call)),
    isAnswer: false,
  }))
  if (tool !== undefined) {
    toolCalls.push({ id: context.callIds.take(), name: tool, deltas, isAnswer: true })
  }

  const written = [reasoning, deltas, refusal, ...toolCalls.map((call) => call.deltas)]
  const usage = reply.usage === null ? undefined : usageOf(reply.usage ?? {}, context.bodyText.length, written)
  return {
    reasoning,
    text: tool === undefined ? deltas : [],
    refusal,
    toolCalls,
    finish: reply.finish ?? defaultFinish(reply, wanted),
    ...(reply.wireFinish === undefined ? {} : { wireFinish: reply.wireFinish }),
    ...(usage ? { usage } : {}),
    model: reply.model ?? wanted.model,
    requestId: context.requestId,
    created: context.created,
    request: context.body,
    path: context.path,
  }
}

interface AnswerContext {
  body: JsonObject
  /** The request's body as it came. */
  bodyText: string
  callIds: CallIds
  path: string
  requestId: string
  /** Unix time, seconds. */
  created: number
}

/** How the library describes a schema to a model that no format tells it. */
const SCHEMA_IN_WORDS = 'It must fit this JSON Schema:'

function textOf(reply: Reply, wanted: Wanted, { bodyText }: AnswerContext): string {
  if (reply.truth !== undefined) {
    const { prompt, said, schema, anyJson } = wanted
    const isText = schema === undefined && !anyJson && !bodyText.includes(SCHEMA_IN_WORDS)
    return trueAnswer(reply.truth, { prompt, said, isText, ...(schema && { schema }) })
  }
  if (reply.text !== undefined) return reply.text
  if (reply.data !== undefined) return JSON.stringify(reply.data)
  if (reply.refusal !== undefined || reply.toolCalls !== undefined) return ''
  if (wanted.schema) return JSON.stringify(sampleOf(wanted.schema, reply.seed ?? 1))
  const sentence = 'This is the loopback test server speaking.'
  return wanted.anyJson ? JSON.stringify({ message: sentence }) : sentence
}

function argumentsOf(call: ReplyToolCall): string {
  return typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments ?? {})
}

/** Among several tools of which one must be called, the answer's is the one that was added last. */
function lastTool(wanted: Wanted): string | undefined {
  return wanted.anyTool ? wanted.toolNames.at(-1) : undefined
}

function defaultFinish(reply: Reply, wanted: Wanted): WireAnswer['finish'] {
  if ((reply.toolCalls ?? []).length > 0) return 'tool-calls'
  if (reply.refusal !== undefined) return 'refusal'
  // OpenAI ends with `stop` when the request names the tool, with `tool_calls` when it only demands one.
  return wanted.anyTool && wanted.forcedTool === undefined ? 'tool-calls' : 'stop'
}

function usageOf(given: Usage, bodyLength: number, written: string[][]): ReplyUsage {
  const tokens = (texts: string[]): number => Math.ceil(texts.join('').length / 4)
  const reasoningTokens = given.reasoningTokens ?? tokens(written[0] ?? [])
  const inputTokens = given.inputTokens ?? Math.ceil(bodyLength / 4)
  const outputTokens = given.outputTokens ?? Math.max(reasoningTokens, tokens(written.flat()))
  return {
    inputTokens,
    outputTokens,
    totalTokens: given.totalTokens ?? inputTokens + outputTokens,
    reasoningTokens,
    cachedInputTokens: given.cachedInputTokens ?? 0,
    cacheWriteTokens: given.cacheWriteTokens ?? 0,
  }
}
