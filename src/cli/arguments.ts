import type { ParseArgsConfig } from 'node:util'
import { parseArgs } from 'node:util'
import { UsageError } from './usage-error.ts'

type OptionTypes = Record<string, 'string' | 'boolean'>

/** Options by name, and the words that are none. */
export interface Arguments<T extends OptionTypes> {
  options: { [K in keyof T]?: T[K] extends 'string' ? string : boolean }
  words: string[]
}

/**
 * Reads a command's arguments.
 * @throws {@link UsageError}
 */
export function readArguments<const T extends OptionTypes>(args: string[], types: T): Arguments<T> {
  const options: NonNullable<ParseArgsConfig['options']> = {}
  for (const [name, type] of Object.entries(types)) options[name] = { type }
  try {
    const parsed = parseArgs({ args, options, allowPositionals: true, strict: true })
    return { options: { ...parsed.values } as Arguments<T>['options'], words: parsed.positionals }
  } catch (error) {
    // Node's message, up to its hint about `--`, which is about other things more often than not.
    const [reason = 'wrong arguments'] = String(error)
      .replace(/^TypeError[^:]*: /, '')
      .split('. ')
    throw new UsageError(reason, { cause: error })
  }
}

/**
 * An option's number.
 * @throws {@link UsageError}
 */
export function numberOf(name: string, text: string | undefined, least = 0): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value < least) {
    throw new UsageError(`--${name} takes a number from ${least}, not '${text}'`)
  }
  return value
}

/**
 * An option that takes one of a few words.
 * @throws {@link UsageError}
 */
export function wordOf<const W extends string>(
  name: string,
  text: string | undefined,
  words: readonly W[],
): W | undefined {
  if (text === undefined) return undefined
  const word = words.find((candidate) => candidate === text)
  if (word === undefined) throw new UsageError(`--${name} takes one of ${words.join(', ')}, not '${text}'`)
  return word
}
