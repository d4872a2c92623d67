import type { AttemptLog, LogState } from './log-state.ts'

/** What stopping early, a patch or going on has spared, next to an answer that is written to its end and asked for anew. */
export interface Saved {
  chars: number
  tokens: number
  /** In a few words. */
  why: string
}

/** Characters of a token where no usage tells it. */
const USUAL = 4

/**
 * What was saved so far; undefined when nothing was, or when no one can know: how long an answer of a real model would
 * have become is known only if a whole one came.
 */
export function savedBy({ attempts, wholeLength }: LogState): Saved | undefined {
  const whole = wholeLength ?? longestWhole(attempts)
  if (whole === undefined) return undefined
  let chars = 0
  const reasons = new Set<string>()
  const count = (attempt: AttemptLog, why: string): void => {
    const spared = whole - attempt.chars
    if (spared <= 0) return
    chars += spared
    reasons.add(why)
  }
  for (const attempt of attempts) {
    if (attempt.isStopped && attempt.finishReason === undefined) count(attempt, 'stopped early')
    else if (attempt.finishReason !== undefined && attempt.kind === 'patch') count(attempt, 'patched')
    else if (attempt.finishReason !== undefined && attempt.kind === 'recover') count(attempt, 'went on')
  }
  return chars === 0
    ? undefined
    : { chars, tokens: Math.round(chars / charsPerToken(attempts)), why: [...reasons].join(', ') }
}

/** Tokens that the models wrote; those of a stopped call, which has no usage, by its length. */
export function tokensWritten({ attempts }: LogState): { tokens: number; isEstimate: boolean } {
  const ratio = charsPerToken(attempts)
  const tokens = attempts.reduce((sum, { outputTokens, chars }) => sum + (outputTokens ?? Math.round(chars / ratio)), 0)
  return { tokens, isEstimate: attempts.some(({ outputTokens }) => outputTokens === undefined) }
}

function longestWhole(attempts: readonly AttemptLog[]): number | undefined {
  const whole = attempts.filter(
    ({ kind, finishReason }) => finishReason === 'stop' && kind !== 'patch' && kind !== 'recover',
  )
  return whole.length === 0 ? undefined : Math.max(...whole.map(({ chars }) => chars))
}

function charsPerToken(attempts: readonly AttemptLog[]): number {
  const known = attempts.filter(
    ({ outputTokens, chars }) => outputTokens !== undefined && outputTokens > 0 && chars > 0,
  )
  const chars = known.reduce((sum, attempt) => sum + attempt.chars, 0)
  const tokens = known.reduce((sum, attempt) => sum + attempt.outputTokens!, 0)
  return tokens === 0 ? USUAL : chars / tokens
}
