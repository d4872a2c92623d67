import type { RunOptions } from '../types.ts'
import { setDefaults } from './configured.ts'
import { checkOptions } from './run-options.ts'

/**
 * Sets defaults for every run of this process; options of a call win over them. A key given as `undefined` is unset.
 *
 * @throws `bad_options`
 * @example
 * configure({ model: 'openai:gpt-5.4', timeout: { idle: 30_000 } })
 */
export function configure(options: Partial<RunOptions>): void {
  checkOptions(options)
  setDefaults(options)
}
