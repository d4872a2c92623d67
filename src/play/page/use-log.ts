import { useSyncExternalStore } from 'react'
import type { LogState, RunLog } from './run-log.ts'

/** The log's state. */
export function useLog(log: RunLog): LogState {
  return useSyncExternalStore(log.subscribe, log.getState, log.getState)
}
