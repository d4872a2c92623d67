import { StructStreamError } from '../../errors.ts'
import { nearest, show } from '../../suggestions.ts'

export { nearest, show } from '../../suggestions.ts'

/** Says what is expected when the value is not that. */
export type Check = (value: unknown) => string | undefined

/** A check by a test, with what it expects in words. */
export const check =
  (expected: string, test: (value: unknown) => boolean): Check =>
  (value) =>
    test(value) ? undefined : expected

export const isString = (value: unknown): value is string => typeof value === 'string'
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

export const milliseconds = check('milliseconds (a number from 0, or Infinity)', (v) => typeof v === 'number' && v >= 0)
export const boolean = check('true or false', (v) => typeof v === 'boolean')

/** An error for a mistake in the call. */
export function bad(message: string): StructStreamError {
  return new StructStreamError('bad_options', message)
}

/** Checks the names and values of options. @throws `bad_options` that names the option, what was expected and what came */
export function checkNames(value: object, known: Record<string, Check | Record<string, Check>>, what: string): void {
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
