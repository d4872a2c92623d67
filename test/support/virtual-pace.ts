import type { PaceOptions } from '../../src/json/snapshot-pace.ts'

/** Milliseconds that a character takes to come, and an element or key to be copied, where a test says so. */
export const PER_CHARACTER = 1
export const PER_SLOT = 0.05

/** A clock that only `advance` moves, and copies that cost by their size. */
export interface VirtualPace {
  pace: PaceOptions
  advance(characters: number): void
  now(): number
  /** Slots that have been copied. */
  copied(): number
}

export function virtualPace(): VirtualPace {
  let time = 0
  let copied = 0
  return {
    pace: {
      now: () => time,
      cost: (size) => {
        copied += size
        return size * PER_SLOT
      },
    },
    advance: (characters) => {
      time += characters * PER_CHARACTER
    },
    now: () => time,
    copied: () => copied,
  }
}
