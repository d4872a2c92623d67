import { useSyncExternalStore } from 'react'
import type { LogSource, LogState } from './log-state.ts'

/** The log's state. */
export function useLog(log: LogSource): LogState {
  return useSyncExternalStore(log.subscribe, log.getState, log.getState)
}
