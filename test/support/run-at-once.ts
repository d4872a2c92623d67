import type { StructuredStream } from '../../src/index.ts'
import { startRun } from '../../src/stream/driver/start-run.ts'
import { Run } from '../../src/stream/run.ts'
import { StructuredStream as Handle } from '../../src/stream/structured-stream.ts'
import type { RunOptions } from '../../src/stream/types.ts'

/** `runStream` without the waits between attempts. */
export function runAtOnce<S>(prompt: string, schema: S, options: RunOptions): StructuredStream<S> {
  const run = new Run()
  void startRun(run, prompt, schema, options, () => 0)
  return new Handle<S>(run)
}
