import { StructStreamError } from '../../errors.ts'
import { nearest, show } from '../../suggestions.ts'

export { nearest, show } from '../../suggestions.ts'

/** Says what is expected when the value is not that. */
export type Check = (value: unknown) => string | undefined

/** A check for an option that has further options. */
export interface Nested {
  readonly keys: Record<string, Check>
  /** What it may be in place of an object. */
  readonly or?: Check
}

/** A check for each option, by name. */
export type Checks = Record<string, Check | Nested>

/** A check by a test, with what it expects in words. */
export const check =
  (expected: string, test: (value: unknown) => boolean): Check =>
  (value) =>
    test(value) ? undefined : expected

export const isString = (value: unknown): value is string => typeof value === 'string'
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

export const milliseconds = check('milliseconds (a number ≥ 0)', (v) => typeof v === 'number' && v >= 0)
export const boolean = check('true or false', (v) => typeof v === 'boolean')
export const func = check('a function', (v) => typeof v === 'function')

/** An error for a mistake in the call. */
export function bad(message: string): StructStreamError {
  return new StructStreamError('bad_options', message)
}

/**
 * Checks the names and values of options.
 *
 * @param what `option`, or `option of f()` where not `runStream` but `f` takes them
 * @param place where they are inside an option, such as `limits.`
 * @throws `bad_options` that names the option, what was expected and what came
 */
export function checkNames(value: object, known: Checks, what: string, place = ''): void {
  const taker = what.startsWith('option of ') ? `${what.slice('option of '.length)}: ` : ''
  for (const [name, item] of Object.entries(value)) {
    const rule = Object.hasOwn(known, name) ? known[name] : undefined
    if (rule === undefined) throw bad(`${taker}${unknownOption(name, Object.keys(known), place)}`)
    if (item === undefined) continue
    const expected = typeof rule === 'function' ? rule(item) : checkNested(item, rule, what, `${place}${name}.`)
    if (expected !== undefined) throw bad(`${taker}\`${place}${name}\` must be ${expected}, got ${show(item)}.`)
  }
}

function checkNested(item: unknown, { keys, or }: Nested, what: string, place: string): string | undefined {
  if (isObject(item) && !Array.isArray(item)) {
    checkNames(item, keys, what, place)
    return undefined
  }
  const alternative = or?.(item)
  if (or !== undefined && alternative === undefined) return undefined
  const object = `an object with ${Object.keys(keys).join(', ')}`
  return alternative === undefined ? object : `${alternative}, or ${object}`
}

/** The sentences for a name that is none. */
export function unknownOption(name: string, known: readonly string[], place = ''): string {
  const near = nearest(name, known)
  const hint = near === undefined ? `Known: ${known.join(', ')}.` : `Did you mean \`${place}${near}\`?`
  return `Unknown option \`${place}${name}\`. ${hint}`
}
