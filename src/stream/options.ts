import { StructStreamError } from '../errors.ts'
import type { ModelSettings } from '../models/model.ts'
import type { Message, Mode, Path } from '../types.ts'
import type { TimeoutLimits } from './timeouts.ts'
import { checkTools } from './tools/check-tool.ts'
import type { ModelChoice, OnInvalid, RunOptions } from './types.ts'

/** Run options checked and completed with defaults. */
export interface Settings {
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
  limits: { maxChars: number; maxDepth: number; maxRepeat: number; maxIssues: number }
  linger: number
  request: ModelSettings
}

const MODES = ['auto', 'json-schema', 'tool', 'json-object', 'prompt'] as const
const POLICIES = ['collect', 'abort', 'restart', 'patch'] as const

/** Says what is expected when the value is not that. */
type Check = (value: unknown) => string | undefined

const check =
  (expected: string, test: (value: unknown) => boolean): Check =>
  (value) =>
    test(value) ? undefined : expected
const isString = (value: unknown): value is string => typeof value === 'string'
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const isModel = (value: unknown): boolean =>
  (isString(value) && value !== '') || (isObject(value) && typeof value['stream'] === 'function')

const milliseconds = check('milliseconds (a number from 0, or Infinity)', (v) => typeof v === 'number' && v >= 0)
const count = check(
  'a whole number from 1',
  (v) => typeof v === 'number' && (Number.isInteger(v) ? v > 0 : v === Infinity),
)
const integer = check('a whole number', Number.isInteger)
const boolean = check('true or false', (v) => typeof v === 'boolean')
const oneOf = (names: readonly string[]): Check =>
  check(`one of ${names.join(', ')}`, (v) => names.includes(v as string))

const timeouts = { total: milliseconds, firstDelta: milliseconds, idle: milliseconds }
const limits = { maxChars: count, maxDepth: count, maxRepeat: count, maxIssues: count }

const checks: Record<keyof RunOptions, Check | Record<string, Check>> = {
  model: check("a model, 'provider:id', or a list of them", (v) =>
    Array.isArray(v) ? v.length > 0 && v.every(isModel) : isModel(v),
  ),
  system: check('a string or a function', (v) => isString(v) || typeof v === 'function'),
  context: () => undefined,
  tools: check('a list of tools', Array.isArray),
  maxSteps: count,
  approve: check('a function', (v) => typeof v === 'function'),
  messages: check('a list of messages', (v) => Array.isArray(v) && v.every(isMessage)),
  mode: oneOf(MODES),
  signal: check('an AbortSignal', (v) => isObject(v) && typeof v['addEventListener'] === 'function' && 'aborted' in v),
  timeout: timeouts,
  onInvalid: oneOf(POLICIES),
  maxAttempts: count,
  recover: boolean,
  repair: boolean,
  limits,
  linger: milliseconds,
  temperature: check('a number from 0', (v) => typeof v === 'number' && v >= 0),
  maxOutputTokens: count,
  stop: check('a list of strings', (v) => Array.isArray(v) && v.every(isString)),
  seed: integer,
  providerOptions: check('an object', isObject),
}

function isMessage(value: unknown): boolean {
  if (!isObject(value)) return false
  const { role, content } = value
  if (role === 'user' && Array.isArray(content)) return content.every(isObject)
  return isString(content) && ['system', 'user', 'assistant', 'tool'].includes(role as string)
}

/**
 * Checks names, types and ranges.
 * @throws `bad_options` that names the option, what was expected and what came
 */
export function checkOptions(options: RunOptions): void {
  if (!isObject(options)) throw bad(`The options must be an object, not ${show(options)}.`)
  checkNames(options, checks, 'option')
  checkTools((options as RunOptions).tools ?? [])
}

/** The messages that a prompt stands for. @throws `bad_options` */
export function promptMessages(prompt: unknown): Message[] {
  if (isString(prompt)) return [{ role: 'user', content: prompt }]
  if (Array.isArray(prompt) && prompt.every(isMessage)) return prompt as Message[]
  throw bad(`The prompt must be a string or a list of messages ({ role, content }), not ${show(prompt)}.`)
}

/** Options where the schema should be are a likely mistake. @throws `bad_options` */
export function checkSchemaPlace(schema: unknown): void {
  if (!isObject(schema) || '~standard' in schema) return
  const keys = Object.keys(schema)
  if (keys.length === 0 || !keys.every((key) => Object.hasOwn(checks, key))) return
  throw bad(
    `The second argument is the schema, but got options (${keys.join(', ')}). Without a schema: runStream(prompt, undefined, options).`,
  )
}

/** Completes checked options; the first given value of each counts. */
export function settle(options: RunOptions, defaults: RunOptions): Settings {
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
    limits: complete(given.limits, { maxChars: 10_000_000, maxDepth: 128, maxRepeat: 10_000, maxIssues: 100 }),
    linger: given.linger ?? 1_000,
    request: complete(request as Partial<ModelSettings>, {}),
  }
}

/** An error for a mistake in the call. */
export function bad(message: string): StructStreamError {
  return new StructStreamError('bad_options', message)
}

function complete<T extends object>(given: { [K in keyof T]?: T[K] | undefined } | undefined, defaults: T): T {
  return { ...defaults, ...Object.fromEntries(Object.entries(given ?? {}).filter(([, value]) => value !== undefined)) }
}

function checkNames(value: object, known: Record<string, Check | Record<string, Check>>, what: string): void {
  for (const [name, item] of Object.entries(value)) {
    const rule = Object.hasOwn(known, name) ? known[name] : undefined
    if (rule === undefined) {
      const close = nearest(name, Object.keys(known))
      const hint = close === undefined ? `Known: ${Object.keys(known).join(', ')}.` : `Did you mean "${close}"?`
      throw bad(`Unknown ${what} "${name}". ${hint}`)
    }
    if (item === undefined) continue
    if (typeof rule === 'object') {
      if (isObject(item)) checkNames(item, rule, `${what} ${name}.`)
      else if (name !== 'timeout' || milliseconds(item) !== undefined) {
        const number = name === 'timeout' ? 'milliseconds or ' : ''
        throw bad(
          `The ${what} "${name}" must be ${number}an object with ${Object.keys(rule).join(', ')}, not ${show(item)}.`,
        )
      }
      continue
    }
    const expected = rule(item)
    if (expected !== undefined) throw bad(`The ${what} "${name}" must be ${expected}, not ${show(item)}.`)
  }
}

/** The known name that is at most two edits away. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const scored = known.map((word) => [edits(name.toLowerCase(), word.toLowerCase()), word] as const)
  const best = scored.reduce((a, b) => (b[0] < a[0] ? b : a), [3, ''] as const)
  return best[0] < 3 ? best[1] : undefined
}

/** Levenshtein's distance. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    }
    row = next
  }
  return row[b.length]!
}

function show(value: unknown): string {
  if (isString(value)) return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
  if (typeof value === 'number' || typeof value === 'boolean' || value == null) return String(value)
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`
}

const UNITS = ['character', 'word', 'line']
const smooth = check("'character', 'word', 'line', or { by, delay }", (v) => {
  if (!isObject(v)) return UNITS.includes(v as string)
  const { by, delay, ...others } = v
  const isDelay = delay === undefined || milliseconds(delay) === undefined
  return UNITS.includes(by as string) && isDelay && Object.keys(others).length === 0
})

const reading = {
  smooth,
  cumulative: boolean,
  debounce: milliseconds,
  throttle: milliseconds,
  exact: boolean,
}

/** Checks what a consumer asks for. @throws `bad_options` */
export function checkReading(options: object): void {
  checkNames(options, reading, 'option')
  const { cumulative, smooth } = options as { cumulative?: boolean; smooth?: unknown }
  if (cumulative === true && smooth !== undefined) {
    throw bad('The options "cumulative" and "smooth" exclude each other: only new text can be cut.')
  }
}

/** @throws `bad_options` */
export function checkPath<P extends Path>(path: P): P {
  const isPath = Array.isArray(path) && path.every((key) => isString(key) || Number.isInteger(key))
  if (!isPath) throw bad(`A path must be a list of keys and indexes, such as ['lines', 0], not ${show(path)}.`)
  return path
}
