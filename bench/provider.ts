import { startProviderServer } from '../src/testing/index.ts'
import { sizeOf } from './peers/provider.ts'
import { DELTA, workloadOf } from './workloads.ts'

/** The provider, in its own process so that its CPU does not count. */
const answers = new Map<number, string>()

const server = await startProviderServer({
  respond: ({ body }) => ({ text: answer(sizeOf(String(body['model']))), chunking: DELTA }),
})
process.send!(server.url)

function answer(size: number): string {
  let text = answers.get(size)
  if (text === undefined) answers.set(size, (text = workloadOf('records').documents(size)[0]!.text))
  return text
}
