import type { StoreState } from './stream-store.ts'

/** What bindings give of a store's state, each part on its own. */
export const SHOWN_KEYS = [
  'status',
  'partial',
  'data',
  'issues',
  'error',
  'text',
  'reasoning',
  'toolCalls',
  'files',
  'usage',
] as const satisfies (keyof StoreState)[]

/** The parts of a store's state that bindings give. */
export type ShownState<S> = Pick<StoreState<S>, (typeof SHOWN_KEYS)[number]>
