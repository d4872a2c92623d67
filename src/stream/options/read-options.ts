import type { Path } from '../../types.ts'
import { bad, boolean, check, checkNames, isObject, isString, milliseconds, show } from './checks.ts'

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
export function checkReadOptions(options: object): void {
  checkNames(options, reading, 'option')
  const { cumulative, smooth } = options as { cumulative?: boolean; smooth?: unknown }
  if (cumulative === true && smooth !== undefined) {
    throw bad('The options "cumulative" and "smooth" exclude each other: only new text can be cut.')
  }
}

/** Checks a path into the value. @throws `bad_options` */
export function checkPath<P extends Path>(path: P): P {
  const isPath = Array.isArray(path) && path.every((key) => isString(key) || Number.isInteger(key))
  if (!isPath) throw bad(`A path must be a list of keys and indexes, such as ['lines', 0], not ${show(path)}.`)
  return path
}
