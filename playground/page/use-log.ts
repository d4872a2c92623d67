import { useSyncExternalStore } from 'react'
import type { LogState } from './log-state.ts'
import type { RunLog } from './run-log.ts'

/** The log's state. */
export function useLog(log: RunLog): LogState {
  return useSyncExternalStore(log.subscribe, log.getState, log.getState)
}
