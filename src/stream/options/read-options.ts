import { isPath, type Path } from '../../path.ts'
import { bad, boolean, check, checkNames, isObject, milliseconds, show, type Check, type Nested } from './checks.ts'

const UNITS = ['character', 'word', 'line']
const unit = check("'character', 'word' or 'line'", (v) => UNITS.includes(v as string))

/** A check for every option of a consumer. */
export const readChecks: Record<string, Check | Nested> = {
  smooth: { keys: { by: unit, delay: milliseconds }, or: unit },
  cumulative: boolean,
  debounce: milliseconds,
  throttle: milliseconds,
  exact: boolean,
}

/** Checks what a consumer asks for. @throws `bad_options` */
export function checkReadOptions(options: object): void {
  if (!isObject(options)) throw bad(`The options must be an object, got ${show(options)}.`)
  checkNames(options, readChecks, 'option')
  const { cumulative, smooth } = options as { cumulative?: boolean; smooth?: unknown }
  if (isObject(smooth) && smooth['by'] === undefined)
    throw bad(`\`smooth.by\` must be ${unit(undefined)}, got undefined.`)
  if (cumulative === true && smooth !== undefined) {
    throw bad('`cumulative` and `smooth` exclude each other: only new text can be cut. Leave one of them out.')
  }
}

/** Checks a path into the value. @throws `bad_options` */
export function checkPath<P extends Path>(path: P): P {
  if (!isPath(path)) throw bad(`A path must be a list of keys and indexes, such as ['lines', 0], got ${show(path)}.`)
  return path
}
