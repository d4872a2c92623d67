import { StructStreamError } from '../src/errors.ts'
import { connect } from '../src/web/client/index.ts'

/**
 * What a hostile server can make a page keep: `node --expose-gc --import tsx bench/page-memory.ts`. Each kind of event is
 * sent without end until `connect()` gives up; the handle is held, as a page would.
 */
const hello = 'id: 0\ndata: {"type":"hello","version":1}\n\n'
const start = 'data: {"type":"attempt-start","kind":"first","writes":"answer","provider":"p","model":"m"}\n\n'
const event = (fields: object): string => `data: ${JSON.stringify(fields)}\n\n`
let calls = 0
const kinds: Record<string, () => string> = {
  attempts: () => start,
  usage: () => event({ type: 'usage', usage: { inputTokens: 1 } }),
  'tool calls': () => event({ type: 'tool-call-start', id: `c${calls++}`, name: 'n' }),
  files: () => event({ type: 'file', mediaType: 'a/b', data: 'A'.repeat(1_000) }),
  restarts: () => event({ type: 'restart', reason: 'r', issues: [] }),
  'results of tools': () => event({ type: 'tool-result', id: 'i', name: 'n', output: 'o' }),
}

/** So that what one kind keeps is not counted with the next. */
const held: unknown[] = []
const { gc } = globalThis as { gc?: () => void }
console.log('| events without end | sent until it is given up | memory kept | ends as |\n|---|---|---|---|')
for (const [name, piece] of Object.entries(kinds)) {
  gc?.()
  const before = used()
  let sent = 0
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(hello + start)),
    pull: (controller) => {
      const text = Array.from({ length: 200 }, piece).join('')
      sent += text.length
      controller.enqueue(encoder.encode(text))
    },
  })
  const stream = connect(new Response(body, { headers: { 'content-type': 'text/event-stream' } }))
  held.push(stream)
  const error: unknown = await stream.getText().catch((error: unknown) => error)
  gc?.()
  const kept = used() - before
  const code = error instanceof StructStreamError ? error.code : String(error)
  console.log(`| ${name} | ${megabytes(sent)} | ${megabytes(kept)} | ${code}, ${stream.status} |`)
}

/** Heap, and bytes of files outside of it. */
function used(): number {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
