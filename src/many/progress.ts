import type { Figures, ManyProgress } from './types.ts'

/** The figures as `progress` shows them: a copy that never changes. */
export function progressOf({ done, failed, running, total, usage }: Figures): ManyProgress {
  return { done, failed, running, total, usage: { ...usage } }
}
