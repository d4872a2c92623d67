import { bad, check, checkNames, isObject, isString, show } from '../stream/options/checks.ts'
import type { Clock } from './pacing.ts'
import type { ManyOptions } from './types.ts'
import type { WorkRules } from './work.ts'

const wholeNumber = (least: number) =>
  check(`an integer ≥ ${least}`, (v) => Number.isInteger(v) && (v as number) >= least)
const delay = check('milliseconds (a number ≥ 0)', (v) => typeof v === 'number' && v >= 0 && v < Infinity)
const retryChecks = { attempts: wholeNumber(1), minDelay: delay, maxDelay: delay }
const checks = {
  concurrency: wholeNumber(1),
  signal: check('an AbortSignal', (v) => isObject(v) && 'aborted' in v),
  retry: check('an integer ≥ 1 or { attempts, minDelay, maxDelay }', (v) =>
    isObject(v) ? true : Number.isInteger(v) && (v as number) >= 1,
  ),
  checkpoint: check('a path or { load, save }', (v) =>
    isObject(v) ? typeof v['load'] === 'function' && typeof v['save'] === 'function' : isString(v) && v !== '',
  ),
  onProgress: check('a function', (v) => typeof v === 'function'),
}

/** Checks everything and completes it with defaults. @throws `bad_options` */
export function readManyOptions(
  items: unknown,
  toRun: unknown,
  options: unknown,
  clock: Clock,
): { rules: WorkRules; signal: AbortSignal | undefined } {
  const isIterable = isObject(items) && (Symbol.iterator in items || Symbol.asyncIterator in items)
  if (!isIterable) throw bad(`The items must be iterable, such as a list, got ${show(items)}.`)
  if (typeof toRun !== 'function') throw bad(`\`toRun\` must be a function, got ${show(toRun)}.`)
  if (!isObject(options)) throw bad(`The options of runMany() must be an object, got ${show(options)}.`)
  checkNames(options, checks, 'option')
  const { concurrency = 8, retry = 3, checkpoint, signal } = options as ManyOptions
  const given = typeof retry === 'number' ? { attempts: retry } : retry
  checkNames(given, retryChecks, 'option')
  const { attempts = 3, minDelay = 500, maxDelay = 60_000 } = given
  return { rules: { concurrency, retry: { attempts, minDelay, maxDelay }, checkpoint, clock }, signal }
}
