import type { Run } from '../../stream/run.ts'
import { interruptsOf } from '../formats/approval-needed.ts'
import { redact } from './disclosure.ts'
import type { ServerOptions } from './server-options.ts'

/** Runs whose failure was reported, or will be. */
const reported = new WeakSet<Run>()

/**
 * Reports the failure of a run that is sent to a client, once: to `onError`, or else as one line on the console. It
 * waits for the run without being one of its readers. A run that was aborted, or that waits for an approval, has not failed.
 */
export function reportFailure(run: Run, onError: ServerOptions['onError']): void {
  if (reported.has(run)) return
  reported.add(run)
  const { signal } = run
  if (signal.aborted) report(run, onError)
  else signal.addEventListener('abort', () => report(run, onError), { once: true })
}

function report(run: Run, onError: ServerOptions['onError']): void {
  const { outcome } = run
  if (outcome === undefined || outcome.ok || outcome.error.code === 'aborted') return
  const { error } = outcome
  if (interruptsOf(error) !== undefined) return
  try {
    if (onError !== undefined) return onError(error)
    if (!run.isEndObserved) print(`a run failed with ${error.code}: ${error.message}`)
  } catch (thrown) {
    print(`onError threw ${String(thrown)}`)
  }
}

/** Prints one line to the console, without what looks like a key: for a failure that no one else would hear of. */
export function print(line: string): void {
  // oxlint-disable-next-line no-console
  console.error(`structstream: ${redact(line).replaceAll(/\s+/g, ' ')}`)
}
