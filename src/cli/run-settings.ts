import type { RunOptions } from '../stream/types.ts'
import { numberOf, wordOf, type Arguments } from './arguments.ts'
import { chosenModel } from './model-option.ts'

/** The options of commands that ask a model. */
export const runOptionTypes = {
  model: 'string',
  'base-url': 'string',
  system: 'string',
  mode: 'string',
  'on-invalid': 'string',
  timeout: 'string',
  'max-output-tokens': 'string',
  temperature: 'string',
} as const

/**
 * Reads the run options from a command line.
 * @throws {@link UsageError}
 */
export function runSettings(
  options: Arguments<typeof runOptionTypes>['options'],
  env: Record<string, string | undefined>,
): RunOptions {
  const seconds = numberOf('timeout', options.timeout)
  return {
    system: options.system,
    mode: wordOf('mode', options.mode, ['auto', 'json-schema', 'tool', 'json-object', 'prompt']),
    onInvalid: wordOf('on-invalid', options['on-invalid'], ['collect', 'abort']),
    timeout: seconds === undefined ? undefined : seconds * 1000,
    maxOutputTokens: numberOf('max-output-tokens', options['max-output-tokens'], 1),
    temperature: numberOf('temperature', options.temperature),
    model: chosenModel(options, env),
  }
}
