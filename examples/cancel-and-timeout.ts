// Three ways to stop early: a signal, a time limit, and leaving the block. Each keeps what had arrived.
import { runStream, StructStreamError } from 'structstream'
import { schemas, Summary } from 'structstream/schemas'
import { simulate } from 'structstream/simulate'

/** Stops talking in the middle, and never ends on its own. */
const stalling = () => simulate({ response: schemas.summary.sample, faults: { stallAt: 60 } })

const controller = new AbortController()
await using cancelled = runStream(schemas.summary.prompt, Summary, { model: stalling(), signal: controller.signal })
try {
  for await (const partial of cancelled.streamPartial()) {
    if (partial.headline?.startsWith('A steel')) controller.abort(new Error('seen enough'))
  }
} catch (error) {
  if (!(error instanceof StructStreamError)) throw error
  console.log(`${error.code}, because: ${(error.cause as Error).message}`)
}

try {
  await using stream = runStream(schemas.summary.prompt, Summary, { model: stalling(), timeout: { idle: 300 } })
  await stream.getData()
} catch (error) {
  if (!(error instanceof StructStreamError)) throw error
  console.log(`${error.code}, with ${JSON.stringify(error.partial)}`)
}

{
  await using left = runStream(schemas.summary.prompt, Summary, { model: stalling() })
  for await (const delta of left.streamText()) if (delta !== '') break
  console.log(`left while ${left.status}`)
}
console.log('done: nothing is running any more')
