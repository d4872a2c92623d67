import type { ModelSettings } from '../../models/model.ts'
import type { Message, Mode } from '../../types.ts'
import {
  bad,
  boolean,
  check,
  checkNames,
  func,
  isObject,
  isString,
  milliseconds,
  show,
  type Check,
  type Nested,
} from './checks.ts'
import type { TimeoutLimits } from '../limits/timeouts.ts'
import { checkTools } from '../tools/check-tool.ts'
import { isObserver } from '../observers.ts'
import type { ModelChoice, OnInvalid, RunOptions } from '../types.ts'

/** Run options checked and completed with defaults. */
export interface RunSettings {
  models: readonly ModelChoice[]
  system: RunOptions['system']
  context: unknown
  messages: readonly Message[]
  tools: NonNullable<RunOptions['tools']>
  maxSteps: number
  approve: RunOptions['approve']
  mode: 'auto' | Mode
  signal: AbortSignal | undefined
  timeout: TimeoutLimits
  onInvalid: OnInvalid
  maxAttempts: number
  recover: boolean
  repair: boolean
  limits: { maxChars: number; maxDepth: number; maxRepeat: number; maxIssues: number; maxEventBytes: number }
  linger: number
  request: ModelSettings
}

const MODES = ['auto', 'json-schema', 'tool', 'json-object', 'prompt'] as const
const POLICIES = ['collect', 'abort', 'restart', 'patch'] as const

const isModel = (value: unknown): boolean =>
  (isString(value) && value !== '') || (isObject(value) && typeof value['stream'] === 'function')

const count = check('an integer ≥ 1', (v) => typeof v === 'number' && (Number.isInteger(v) ? v > 0 : v === Infinity))
const integer = check('an integer', Number.isInteger)
const oneOf = (names: readonly string[]): Check =>
  check(`one of ${names.join(', ')}`, (v) => names.includes(v as string))

const timeouts = { total: milliseconds, firstDelta: milliseconds, idle: milliseconds }
const limits = { maxChars: count, maxDepth: count, maxRepeat: count, maxIssues: count, maxEventBytes: count }

/** A check for every option of a run; the compiler keeps it complete. */
export const runChecks: Record<keyof RunOptions, Check | Nested> = {
  model: check("a model, 'provider:id', or a list of them", (v) =>
    Array.isArray(v) ? v.length > 0 && v.every(isModel) : isModel(v),
  ),
  system: check('a string or a function', (v) => isString(v) || typeof v === 'function'),
  context: () => undefined,
  tools: check('a list of tools', Array.isArray),
  maxSteps: count,
  approve: func,
  // Each of them is read when the run has started: see `arePlain`.
  messages: check('a list of messages', (v) => Array.isArray(v) && v.every(isObject)),
  mode: oneOf(MODES),
  signal: check('an AbortSignal', (v) => isObject(v) && typeof v['addEventListener'] === 'function' && 'aborted' in v),
  timeout: { keys: timeouts, or: milliseconds },
  onInvalid: oneOf(POLICIES),
  maxAttempts: count,
  recover: boolean,
  repair: boolean,
  limits: { keys: limits },
  linger: milliseconds,
  observe: check('an observer ({ start, event, end }) or a list of them', (v) =>
    (Array.isArray(v) ? v : [v]).every(isObserver),
  ),
  temperature: check('a number ≥ 0', (v) => typeof v === 'number' && v >= 0),
  maxOutputTokens: count,
  stop: check('a list of strings', (v) => Array.isArray(v) && v.every(isString)),
  seed: integer,
  providerOptions: check('an object', isObject),
}

/**
 * Checks names, types and ranges.
 * @throws `bad_options` that names the option, what was expected and what came
 */
export function checkOptions(options: RunOptions): void {
  if (!isObject(options)) throw bad(`The options must be an object, got ${show(options)}.`)
  checkNames(options, runChecks, 'option')
  checkTools((options as RunOptions).tools ?? [])
}

/** The messages that a prompt stands for. @throws `bad_options` */
export function promptMessages(prompt: unknown): Message[] {
  if (isString(prompt)) return [{ role: 'user', content: prompt }]
  if (Array.isArray(prompt) && prompt.length > 0) return prompt as Message[]
  const got = Array.isArray(prompt) ? 'an empty list' : show(prompt)
  throw bad(`The prompt must be a string or a list of messages ({ role, content }), got ${got}.`)
}

/** Whether messages are plain texts in our form; others are read by code that is loaded for them. */
export function arePlain(messages: readonly unknown[]): boolean {
  return messages.every((message) => {
    if (!isObject(message) || !isString(message['content'])) return false
    return ['system', 'user', 'assistant'].includes(message['role'] as string) && Object.keys(message).length === 2
  })
}

/** Options where the schema should be are a likely mistake. @throws `bad_options` */
export function checkSchemaPlace(schema: unknown): void {
  if (!isObject(schema) || '~standard' in schema) return
  const keys = Object.keys(schema)
  if (keys.length === 0 || !keys.every((key) => Object.hasOwn(runChecks, key))) return
  throw bad(
    `Expected the schema as the second argument, got options (${keys.join(', ')}). Without a schema, write runStream(prompt, undefined, options).`,
  )
}

/** Completes checked options; the first given value of each counts. */
export function settle(options: RunOptions, defaults: RunOptions): RunSettings {
  const given: RunOptions = { ...defaults }
  for (const [key, value] of Object.entries(options)) if (value !== undefined) Object.assign(given, { [key]: value })
  const { model, timeout, temperature, maxOutputTokens, stop, seed, providerOptions } = given
  const request = { temperature, maxOutputTokens, stop, seed, providerOptions }
  const onInvalid = given.onInvalid ?? 'collect'
  const heals = onInvalid === 'restart' || onInvalid === 'patch' || given.recover === true
  return {
    models: model === undefined ? [] : Array.isArray(model) ? model : [model as ModelChoice],
    system: given.system,
    context: given.context,
    messages: given.messages ?? [],
    tools: given.tools ?? [],
    maxSteps: given.maxSteps ?? 10,
    approve: given.approve,
    mode: given.mode ?? 'auto',
    signal: given.signal,
    timeout: complete(typeof timeout === 'number' ? { total: timeout } : timeout, {
      total: Infinity,
      firstDelta: Infinity,
      idle: 300_000,
    }),
    onInvalid,
    maxAttempts: given.maxAttempts ?? (heals ? 3 : 1),
    recover: given.recover ?? false,
    repair: given.repair ?? true,
    limits: complete(given.limits, {
      maxChars: 10_000_000,
      maxDepth: 128,
      maxRepeat: 10_000,
      maxIssues: 100,
      maxEventBytes: 67_108_864,
    }),
    linger: given.linger ?? Infinity,
    request: complete(request as Partial<ModelSettings>, {}),
  }
}

function complete<T extends object>(given: { [K in keyof T]?: T[K] | undefined } | undefined, defaults: T): T {
  return { ...defaults, ...Object.fromEntries(Object.entries(given ?? {}).filter(([, value]) => value !== undefined)) }
}
