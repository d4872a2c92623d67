import type { Run } from '../../stream/run.ts'

type Counts = Record<string, number>

/**
 * Returns the tokens of a run as AG-UI counts them, one entry for each provider and model. A count that no call has
 * reported is left out, and without any the field is, too.
 */
export function tokenUsage(run: Run): { usage?: object[] } {
  const entries = new Map<string, { provider: string; model: string; counts: Counts }>()
  for (const { model, modelId, usage } of run.attempts) {
    if (usage === undefined) continue
    const { provider } = model
    const key = JSON.stringify([provider, modelId])
    const entry = entries.get(key) ?? { provider, model: modelId, counts: {} }
    entries.set(key, entry)
    add(entry.counts, 'inputTokens', usage.inputTokens)
    add(entry.counts, 'outputTokens', usage.outputTokens)
    add(entry.counts, 'reasoningTokens', usage.reasoningTokens)
    add(entry.counts, 'cachedInputTokens', usage.cachedInputTokens)
    add(entry.counts, 'cacheWriteInputTokens', usage.cacheWriteTokens)
  }
  if (entries.size === 0) return {}
  return {
    usage: [...entries.values()].map(({ provider, model, counts }) => {
      const { inputTokens, outputTokens } = counts
      // By definition the sum, whatever the provider's total counts.
      const isSum = inputTokens !== undefined && outputTokens !== undefined
      return { provider, model, ...counts, ...(isSum && { totalTokens: inputTokens + outputTokens }) }
    }),
  }
}

function add(counts: Counts, name: string, count: number | undefined): void {
  if (count !== undefined && Number.isSafeInteger(count) && count >= 0) counts[name] = (counts[name] ?? 0) + count
}
