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

/** The text of a piece, or its UTF-8 bytes; `null` and `undefined` for a piece without text. */
export type TextOfPiece<Piece> = (piece: Piece) => string | Uint8Array | null | undefined

/** Options of a run over pieces that hold text. */
export interface PieceOptions<Piece> extends ParseOptions {
  /**
   * Takes the text out of a piece, such as an event of an SDK's stream. Return `null` or `undefined` for a piece without
   * text. What it throws ends the run with `bad_options` and the cause.
   */
  text: TextOfPiece<Piece>
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
export function settleParsing(given: ParseOptions, defaults: RunOptions): ParseSettings {
  checkNames(given, [...PARSING, 'text'], 'parseStream()')
  if (!isObject(given)) throw bad(`The options must be an object, got ${show(given)}.`)
  const { text, ...options }: Partial<PieceOptions<unknown>> = given
  if (text !== undefined && typeof text !== 'function') throw bad(`\`text\` must be a function, got ${show(text)}.`)
  if (isPolicyOfModels(options?.onInvalid)) {
    throw bad(
      `\`onInvalid\` must be 'collect' or 'abort' here, got ${show(options.onInvalid)}. parseStream() has no model to ask again.`,
    )
  }
  checkOptions(options)
  const useful = Object.fromEntries(PARSING.map((name) => [name, defaults[name]])) as RunOptions
  if (isPolicyOfModels(useful.onInvalid)) delete useful.onInvalid
  return { ...settle(options, useful), text }
}

/** Settings of a run that asks no model. */
export interface ParseSettings extends RunSettings {
  readonly text: TextOfPiece<unknown> | undefined
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
