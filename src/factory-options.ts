import { StructStreamError } from './errors.ts'
import { nearest, show } from './suggestions.ts'
import type { Dialect, Mode } from './types.ts'

/** Returns what is expected when the value isn't that. */
export type OptionCheck = (value: unknown) => string | undefined

/** A check for every option; the compiler keeps it complete. */
export type OptionChecks<Options> = { readonly [Key in keyof Required<Options>]: OptionCheck }

const MODES: readonly Mode[] = ['json-schema', 'tool', 'json-object', 'prompt']
const DIALECTS: readonly Dialect[] = ['openai', 'anthropic', 'gemini', 'ollama', 'groq', 'json-schema']

function expects(expected: string, test: (value: unknown) => boolean): OptionCheck {
  return (value) => (test(value) ? undefined : expected)
}

/** An option of any value. */
export const anything: OptionCheck = () => undefined
export const text = expects('a string', (value) => typeof value === 'string')
export const flag = expects('true or false', (value) => typeof value === 'boolean')
export const func = expects('a function', (value) => typeof value === 'function')
export const count = expects('an integer ≥ 0', (value) => Number.isSafeInteger(value) && (value as number) >= 0)
export const integer = expects('an integer', Number.isSafeInteger)
export const millis = expects('milliseconds (a number ≥ 0)', (value) => typeof value === 'number' && value >= 0)
export const object = expects('an object', (value) => typeof value === 'object' && value !== null)
const key = expects('a string or a function', (value) => typeof value === 'string' || typeof value === 'function')
export const list = expects('a list', Array.isArray)
export const modeList = expects(
  `a list of ${MODES.join(', ')}`,
  (value) => Array.isArray(value) && value.length > 0 && value.every((mode) => MODES.includes(mode as Mode)),
)
export const dialect = oneOf(DIALECTS)

/** Strings by name. */
export const headers = expects(
  'an object of strings',
  (value) =>
    typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === 'string'),
)

/** A client of the SDK, which has at least this member. */
export function clientWith(member: string): OptionCheck {
  return expects(`a client of the SDK (with \`${member}\`)`, (value) => {
    return ((typeof value === 'object' && value !== null) || typeof value === 'function') && member in value
  })
}

export function oneOf(words: readonly string[]): OptionCheck {
  return expects(`one of ${words.join(', ')}`, (value) => words.includes(value as string))
}

/** The checks that all adapters over the providers' SDKs have. */
export const sdkChecks = {
  apiKey: key,
  baseURL: text,
  headers,
  fetch: func,
  maxRetries: count,
  timeout: millis,
} as const

/**
 * Checks the names and the types of options when a factory is called: a misspelled `baseURL` would send the request,
 * with its key, to another server.
 *
 * @param of the factory, such as `openai()`
 * @param place where the options are inside its own, such as `faults.`
 * @throws `bad_options` that names the option, what was expected and what came
 */
export function checkFactoryOptions<Options extends object>(
  of: string,
  options: Options,
  checks: OptionChecks<Options>,
  place = '',
): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    const what = place === '' ? 'The options' : `\`${place.slice(0, -1)}\``
    throw bad(`${of}: ${what} must be an object, got ${show(options)}.`)
  }
  for (const [name, value] of Object.entries(options)) {
    const check = Object.hasOwn(checks, name) ? checks[name as keyof Options] : undefined
    if (check === undefined)
      throw bad(`${of}: Unknown option \`${place}${name}\`. ${hintFor(name, Object.keys(checks), place)}`)
    const expected = value === undefined ? undefined : check(value)
    if (expected !== undefined) throw bad(`${of}: \`${place}${name}\` must be ${expected}, got ${shown(name, value)}.`)
  }
}

/** @throws `bad_options` when the id of a model isn't a text */
export function checkModelId(of: string, id: unknown): void {
  if (typeof id === 'string' && id.trim() !== '') return
  throw bad(`${of}: expected the id of a model as the first argument, got ${show(id)}.`)
}

function hintFor(name: string, known: readonly string[], place: string): string {
  const close = nearest(name, known)
  return close === undefined ? `Known: ${known.join(', ')}.` : `Did you mean \`${place}${close}\`?`
}

/** A value in words; what may hold a key is never shown. */
function shown(name: string, value: unknown): string {
  const isSecret = /key|token|headers|client/i.test(name)
  return isSecret ? (value === null ? 'null' : `a value of type ${typeof value}`) : show(value)
}

function bad(message: string): StructStreamError {
  return new StructStreamError('bad_options', message)
}
