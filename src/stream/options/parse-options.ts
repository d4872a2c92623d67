import type { RunOptions } from '../types.ts'
import { bad, isObject, nearest, show, unknownOption } from './checks.ts'
import { checkOptions, settle, type RunSettings } from './run-options.ts'

/** Options of a reader: no model, no clock. */
export type ReaderOptions = Pick<RunOptions, 'repair' | 'limits'>

/** Options of a run that asks no model. */
export interface ParseOptions extends ReaderOptions, Pick<RunOptions, 'signal' | 'timeout' | 'linger' | 'observe'> {
  /** `abort` ends the run at the first certain violation, and stops reading. @defaultValue 'collect' */
  onInvalid?: 'collect' | 'abort' | undefined
}

const READING = ['repair', 'limits'] as const
const PARSING = ['signal', 'timeout', 'onInvalid', 'repair', 'limits', 'linger', 'observe'] as const

/** Checks and completes options of a reader. @throws `bad_options` */
export function settleReading(options: ReaderOptions, caller: string): RunSettings {
  checkNames(options, READING, caller)
  checkOptions(options)
  return settle(options, {})
}

/**
 * Checks and completes options of a run that asks no model; what `configure()` says of models is left out.
 *
 * @throws `bad_options`, for options that need a model too
 */
export function settleParsing(options: ParseOptions, defaults: RunOptions): RunSettings {
  checkNames(options, PARSING, 'parseStream()')
  if (isPolicyOfModels(options?.onInvalid)) {
    throw bad(
      `\`onInvalid\` must be 'collect' or 'abort' here, got ${show(options.onInvalid)}. parseStream() has no model to ask again.`,
    )
  }
  checkOptions(options)
  const useful = Object.fromEntries(PARSING.map((name) => [name, defaults[name]])) as RunOptions
  if (isPolicyOfModels(useful.onInvalid)) delete useful.onInvalid
  return settle(options, useful)
}

function isPolicyOfModels(onInvalid: unknown): boolean {
  return onInvalid === 'restart' || onInvalid === 'patch'
}

function checkNames(options: unknown, names: readonly string[], caller: string): void {
  const name = isObject(options) ? Object.keys(options).find((key) => !names.includes(key)) : undefined
  if (name === undefined) return
  if (nearest(name, names) !== undefined) throw bad(unknownOption(name, names))
  const known = names.map((one) => `\`${one}\``).join(', ')
  throw bad(`Unknown option \`${name}\`: ${caller} asks no model. It takes ${known}.`)
}
