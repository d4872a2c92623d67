import type { ErrorCode } from '../errors.ts'
import { isPath } from '../path.ts'
import type { AttemptResult, FinishReason, Issue, Mode, Usage } from '../types.ts'

/** What a field of an event must be, and a test for it. A field that is absent fails all but optional rules. */
export interface Rule {
  readonly expected: string
  readonly test: (value: unknown) => boolean
}

const rule = (expected: string, test: (value: unknown) => boolean): Rule => ({ expected, test })
const oneOf = <T extends string>(names: Readonly<Record<T, true>>, what: string): Rule =>
  rule(what, (value) => typeof value === 'string' && Object.hasOwn(names, value))

/** The rule, for a field that may be absent. */
export const optional = ({ expected, test }: Rule): Rule =>
  rule(expected, (value) => value === undefined || value === null || test(value))

export const text = rule('string', (value) => typeof value === 'string')
export const boolean = rule('true or false', (value) => typeof value === 'boolean')
export const number = rule('number', Number.isFinite)
export const duration = rule('milliseconds', (value) => Number.isFinite(value) && (value as number) >= 0)
export const object = rule('object', isRecord)
export const list = rule('list', Array.isArray)
export const path = rule('path', isPath)
export const paths = rule('list of paths', (value) => Array.isArray(value) && value.every(isPath))

/** Each table is checked against its type: a name that is missing here is an error of the compiler. */
export const errorCode = oneOf<ErrorCode>(
  {
    no_model: true,
    bad_options: true,
    unsupported_schema: true,
    provider_error: true,
    rate_limited: true,
    connection_lost: true,
    timeout: true,
    aborted: true,
    truncated: true,
    refused: true,
    content_filtered: true,
    no_json: true,
    malformed_json: true,
    invalid_data: true,
    limit_exceeded: true,
    tool_failed: true,
    gap: true,
    lost: true,
    expired: true,
  },
  'code of an error',
)

export const finishReason = oneOf<FinishReason>(
  {
    stop: true,
    length: true,
    'tool-calls': true,
    'content-filter': true,
    refusal: true,
    error: true,
    other: true,
  },
  'finish reason',
)

export const attemptKind = oneOf<AttemptResult['kind']>(
  { first: true, fallback: true, restart: true, patch: true, recover: true, 'tool-step': true },
  'kind of an attempt',
)

export const mode = oneOf<Mode>({ 'json-schema': true, tool: true, 'json-object': true, prompt: true }, 'mode')

const USAGE: Readonly<Record<keyof Usage, true>> = {
  requests: true,
  inputTokens: true,
  outputTokens: true,
  totalTokens: true,
  reasoningTokens: true,
  cachedInputTokens: true,
  cacheWriteTokens: true,
}

/** Counts of tokens: whole numbers from 0. Names that are not known are left to `usageOf`. */
export const usage = rule('counts of tokens', (value) => {
  if (!isRecord(value)) return false
  return Object.entries(value).every(([name, count]) => !Object.hasOwn(USAGE, name) || isCount(count))
})

/** Returns the counts that are known; `undefined` if `value` is not a usage. */
export function usageOf(value: unknown): Usage | undefined {
  if (!usage.test(value)) return undefined
  const known = Object.entries(value as object).filter(([name]) => Object.hasOwn(USAGE, name))
  return Object.fromEntries(known)
}

function isCount(value: unknown): boolean {
  return value === undefined || (Number.isSafeInteger(value) && (value as number) >= 0)
}

/** Whether it is a plain object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether it is an issue, so that code that shows it needn't look. */
export function isIssue(value: unknown): value is Issue {
  if (!isRecord(value) || !isPath(value['path'])) return false
  return typeof value['code'] === 'string' && typeof value['message'] === 'string'
}
