import { z } from 'zod'
import type { Clock } from '../../src/many/pacing.ts'
import type { ItemRun } from '../../src/many/types.ts'
import type { Model } from '../../src/models/model.ts'

export const Doubled = z.object({ twice: z.number() })

/** Answers `{ twice: 2n }` to the prompt `n`, after as many turns of the event loop as `turns` says. */
export function doubling(
  behavior: { turns?: (n: number) => number; fail?: (n: number) => unknown; start?: () => void } = {},
) {
  const { turns = () => 0, fail, start } = behavior
  const seen = { asked: [] as number[], open: 0, most: 0 }
  const model: Model = {
    provider: 'test',
    id: 'doubling',
    modes: ['json-schema'],
    dialect: 'json-schema',
    async *stream(request, signal) {
      const n = Number((request.messages.at(-1) as { content: string }).content)
      seen.asked.push(n)
      start?.()
      seen.open++
      seen.most = Math.max(seen.most, seen.open)
      try {
        for (let turn = turns(n); turn > 0 && !signal.aborted; turn--) await new Promise(setImmediate)
        const error = fail?.(n)
        if (error !== undefined) throw error
        yield { type: 'text-delta', text: JSON.stringify({ twice: 2 * n }) }
        yield { type: 'usage', usage: { inputTokens: 1, outputTokens: 2 } }
        yield { type: 'finish', reason: 'stop' }
      } finally {
        seen.open--
      }
    },
  }
  return { model, seen }
}

/** A clock that only moves when something sleeps. */
export function virtualClock(): Clock & { slept: number[] } {
  let time = 0
  const slept: number[] = []
  return {
    slept,
    now: () => time,
    random: () => 0.5,
    sleep: async (ms) => {
      slept.push(ms)
      await new Promise(setImmediate)
      time = Math.max(time, time + ms)
    },
  }
}

export const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)

export const ask =
  (model: Model) =>
  (n: number): ItemRun<typeof Doubled> => ({ prompt: String(n), schema: Doubled, model, key: String(n) })
