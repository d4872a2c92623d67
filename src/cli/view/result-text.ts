import type { RunResult } from '../../stream/types.ts'

/** A finished run in a few short lines: verdict, timing, size and usage. */
export function resultText(result: RunResult<unknown>): string[] {
  const { timing, text, usage, repairs } = result
  const seconds = Math.max(timing.total - timing.firstDelta, 1) / 1000
  const tokens = [
    ...(usage.inputTokens === undefined ? [] : [`${usage.inputTokens} input`]),
    ...(usage.outputTokens === undefined ? [] : [`${usage.outputTokens} output`]),
  ]
  return [
    `Valid: the data has passed the schema${repairs.length > 0 ? `, after ${repairs.length} repairs` : ''}.`,
    `First delta ${duration(timing.firstDelta)} · first partial ${duration(timing.firstPartial)} · total ${duration(timing.total)}`,
    `${text.length} characters, ${Math.round(text.length / seconds)} a second${tokens.length > 0 ? ` · ${tokens.join(' and ')} tokens` : ''}`,
  ]
}

/** Milliseconds for people. */
export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}
