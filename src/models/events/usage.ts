import type { Usage } from '../../types.ts'

/** The counts that a provider reports. */
type Counts = { [Key in keyof Omit<Usage, 'requests'>]?: number | undefined }

/**
 * A `Usage` of the counts that are known; `undefined` when none is. The total is the provider's own when it gave one,
 * otherwise input plus output.
 */
export function usageOf(counts: Counts): Usage | undefined {
  const { inputTokens, outputTokens } = counts
  const sum = inputTokens !== undefined && outputTokens !== undefined ? inputTokens + outputTokens : undefined
  const known = Object.entries({ ...counts, totalTokens: counts.totalTokens ?? sum }).filter(
    ([, count]) => count !== undefined,
  )
  return known.length === 0 ? undefined : Object.fromEntries(known)
}
