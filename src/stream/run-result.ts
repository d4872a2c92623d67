import type { ErrorDetails } from '../errors.ts'
import type { Message, ToolCall, Usage } from '../types.ts'
import type { Attempt } from './attempt.ts'
import type { RunOutcome, TextSummary } from './observers.ts'
import type { RunResult, RunTiming } from './types.ts'

/** What the schema made of an answer. */
export interface Valid {
  value: unknown
  /** What the value was made of. */
  raw: unknown
}

/** What a run knows of itself at its end. */
export interface RunFacts {
  attempts: readonly Attempt[]
  messages: Message[]
  warnings: RunResult['warnings']
  timing: Omit<RunTiming, 'fields'>
}

/** The result of a run whose last attempt gave a valid answer. */
export function resultOf({ attempts, messages, warnings, timing }: RunFacts, { value, raw }: Valid): RunResult {
  const attempt = attempts.at(-1)!
  const { answer } = attempt
  const result: RunResult = {
    data: value,
    json: undefined,
    text: answer.document,
    messages,
    usage: usageOf(attempts),
    finishReason: attempt.finishReason ?? 'other',
    provider: attempt.model.provider,
    model: attempt.modelId,
    timing: { ...timing, fields: {} },
    attempts: attempts.map((one) => one.result()),
    repairs: [...attempts.flatMap((one) => one.toolRepairs), ...answer.repairs],
    warnings,
    files: attempts.flatMap((one) => one.files),
  }
  const { compiled } = answer
  whenRead(result, 'json', () => compiled.known?.(raw) ?? raw)
  whenRead(result.timing, 'fields', () => compiled.fieldTimes?.(answer.segments(), answer.options, result.json) ?? {})
  return result
}

/** What an error keeps of everything that had arrived. */
export function detailsOf(attempts: readonly Attempt[]): ErrorDetails {
  const attempt = attempts.at(-1)
  if (attempt === undefined) return { attempts: [] }
  const { answer, finishReason, model, requestId } = attempt
  return {
    text: answer.deltas.text,
    partial: answer.value(true),
    issues: answer.issuesWithValues(),
    usage: usageOf(attempts),
    attempts: attempts.map((one) => one.result()),
    finishReason,
    provider: model.provider,
    requestId,
  }
}

/** What the text of a run came to, for telemetry. */
export function summaryOf(attempts: readonly Attempt[], outcome: RunOutcome): TextSummary {
  return {
    repairs() {
      const answers = new Set(attempts.map(({ answer }) => answer))
      const lists = [...attempts.map(({ toolRepairs }) => toolRepairs), ...[...answers].map(({ repairs }) => repairs)]
      return lists.reduce((sum, { length }) => sum + length, 0)
    },
    fields() {
      if (outcome.ok) return outcome.result.timing.fields
      const { answer } = attempts.at(-1)!
      return answer.compiled.fieldTimes?.(answer.segments(), answer.options, outcome.error.partial) ?? {}
    },
  }
}

/** Sum over the attempts. */
function usageOf(attempts: readonly Attempt[]): Usage {
  const sum: Usage = { requests: attempts.filter(({ isRequest }) => isRequest).length }
  for (const { usage } of attempts) {
    for (const [key, value] of Object.entries(usage ?? {}) as [keyof Usage, unknown][]) {
      if (key !== 'requests' && typeof value === 'number') sum[key] = (sum[key] ?? 0) + value
    }
  }
  return sum
}

/** An answer as a message of the conversation, from delta number `from` on. */
export function replyOf(attempt: Attempt, from: number): Message {
  const { answer, providerData, model } = attempt
  // What providers want back belongs to the call that gave it, not to what several made together.
  if (answer.isJoined) return { role: 'assistant', content: answer.document }
  const toolCalls = [...attempt.toolCalls.values()].map((call): ToolCall => {
    const { id, name, reader } = call
    return { id, name, arguments: reader?.json ?? call.arguments }
  })
  return {
    role: 'assistant',
    content: answer.deltas.from(from),
    ...(toolCalls.length > 0 && { toolCalls }),
    ...(providerData !== undefined && { providerData: { [model.provider]: providerData } }),
  }
}

/** Gives `object` a key whose value is made when it is first read: most runs end without anyone reading it. */
function whenRead<T extends object, K extends keyof T>(object: T, key: K, make: () => T[K]): void {
  const define = (property: PropertyDescriptor): unknown =>
    Object.defineProperty(object, key, { enumerable: true, configurable: true, ...property })
  const set = (value: unknown): unknown => define({ value, writable: true })
  define({
    get() {
      set(make())
      return object[key]
    },
    set,
  })
}
