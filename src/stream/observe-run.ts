import { EventReader } from './event-reader.ts'
import { Observation } from './observation.ts'
import type { RunObserver } from './observers.ts'
import type { Run } from './run.ts'

/** Lets observers hear of a run from here on. Costs nothing where there are none. */
export function observeRun(run: Run, observers: readonly RunObserver[], context: unknown): void {
  if (observers.length === 0) return
  run.observe(
    new Observation(observers, (hasTextEvents) => new EventReader(run, { hasTextEvents }), {
      sessionId: run.turn?.id,
      context,
    }),
  )
}
