import type { Failed, Healed, Step } from '../policy.ts'

export async function recover(_failed: Failed, _at: { model: number; wait: number }): Promise<Step | Healed | undefined> {
  return undefined
}
