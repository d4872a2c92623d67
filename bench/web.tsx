import '../test/react/dom.ts'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'
import { useObject } from '@ai-sdk/react'
import {
  createTextStreamResponse,
  createUIMessageStream,
  createUIMessageStreamResponse,
  isDeepEqualData,
  parsePartialJson,
} from 'ai'
import { z } from 'zod'
import type { Model } from '../src/models/model.ts'
import { useStructuredStream } from '../src/react/index.ts'
import { runStream } from '../src/run-stream.ts'
import { connect } from '../src/web/client/index.ts'
import { pipeToNode, toResponse, type FormatName } from '../src/web/server/index.ts'

/**
 * `tsx bench/web.tsx`: what the wire, the client and the hook cost, next to the AI SDK's. Both get the same text in the
 * same deltas of 4 characters.
 */

const Table = z.object({
  title: z.string(),
  rows: z.array(z.object({ id: z.number(), name: z.string(), note: z.string() })),
})
const row = (id: number) => ({
  id,
  name: `Row number ${id}`,
  note: 'Something that "someone" wrote, of the usual length.',
})

function textOf(bytes: number): string {
  const rows = [row(0)]
  while (JSON.stringify(rows).length < bytes) rows.push(row(rows.length))
  return JSON.stringify({ title: 'A table', rows })
}

const deltasOf = (text: string): string[] => text.match(/[^]{1,4}/g) ?? []
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** `batch` deltas come at once, as they do in one segment of a provider's answer. */
async function* batched(text: string, batch: number, pause: () => Promise<void> = turn): AsyncGenerator<string> {
  for (const [index, delta] of deltasOf(text).entries()) {
    if (index % batch === 0) await pause()
    yield delta
  }
}

const modelOf = (text: string, batch: number, pause?: () => Promise<void>): Model => ({
  provider: 'bench',
  id: 'bench',
  modes: ['json-schema'],
  dialect: 'json-schema',
  async *stream() {
    for await (const text_ of batched(text, batch, pause)) yield { type: 'text-delta', text: text_ }
    yield { type: 'finish', reason: 'stop' }
  },
})

function readable<T>(items: AsyncGenerator<T>): ReadableStream<T> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await items.next()
      if (done === true) controller.close()
      else controller.enqueue(value)
    },
  })
}

const size = async (response: Response): Promise<number> => (await response.arrayBuffer()).byteLength

async function wire(): Promise<void> {
  console.log('\nBytes on the wire for each byte of text (4-character deltas)')
  for (const [name, batch] of [
    ['one delta at a time', 1],
    ['ten at a time', 10],
  ] as const) {
    const text = textOf(20_000)
    const ours = async (format: FormatName) =>
      await size(toResponse(runStream('x', Table, { model: modelOf(text, batch) }), { format }))
    const ui = createUIMessageStream({
      async execute({ writer }) {
        writer.write({ type: 'text-start', id: '0' })
        for await (const delta of batched(text, batch)) writer.write({ type: 'text-delta', id: '0', delta })
        writer.write({ type: 'text-end', id: '0' })
      },
    })
    const figures: Record<string, number> = {}
    for (const format of ['sse', 'ndjson', 'text', 'ui-message', 'ag-ui'] as const) figures[format] = await ours(format)
    figures['AI SDK UI message stream'] = await size(createUIMessageStreamResponse({ stream: ui }))
    figures['AI SDK text stream'] = await size(createTextStreamResponse({ stream: readable(batched(text, batch)) }))
    console.log(name)
    for (const [format, bytes] of Object.entries(figures))
      console.log(`  ${format}: ${(bytes / text.length).toFixed(2)}`)
  }
}

/** A response of which each delta is one chunk. */
function chunked(chunks: string[], headers: Record<string, string>): Response {
  const encoder = new TextEncoder()
  const bytes = chunks.map((chunk) => encoder.encode(chunk))
  let index = 0
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = bytes[index++]
      if (chunk === undefined) controller.close()
      else controller.enqueue(chunk)
    },
  })
  return new Response(body, { headers })
}

const event = (data: unknown): string => `data: ${JSON.stringify(data)}\n\n`

async function cpu(work: () => Promise<unknown>): Promise<number> {
  await work()
  const best: number[] = []
  for (let round = 0; round < 3; round++) {
    const before = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(before)
    best.push(user + system)
  }
  return Math.min(...best)
}

async function client(): Promise<void> {
  console.log('\nCPU on the client for each delta, every partial looked at (microseconds)')
  for (const bytes of [10_000, 100_000]) {
    const text = textOf(bytes)
    const deltas = deltasOf(text)
    const start = {
      type: 'attempt-start',
      kind: 'first',
      writes: 'answer',
      provider: 'p',
      model: 'm',
      dialect: 'json-schema',
      mode: 'json-schema',
    }
    const sse = [
      event({ type: 'hello', version: 1 }) + event(start),
      ...deltas.map(event),
      event({ type: 'finish', reason: 'stop' }) + event({ type: 'end' }),
    ]
    const ours = await cpu(async () => {
      const stream = connect(chunked(sse, { 'content-type': 'text/event-stream' }), Table)
      for await (const _ of stream.streamPartial()) {
        // Each is looked at.
      }
    })
    // What `useObject` does for each chunk, without React.
    const theirs = await cpu(async () => {
      let accumulated = ''
      let latest: unknown
      await chunked(deltas, {})
        .body!.pipeThrough(new TextDecoderStream())
        .pipeTo(
          new WritableStream({
            async write(chunk) {
              accumulated += chunk
              const { value } = await parsePartialJson(accumulated)
              if (!isDeepEqualData(latest, value)) latest = value
            },
          }),
        )
    })
    const each = (micros: number): string => (micros / deltas.length).toFixed(1)
    console.log(`  ${bytes / 1_000} KB: structstream ${each(ours)}, useObject ${each(theirs)}`)
  }
}

/** Milliseconds from the client's leaving to the abort of the model's signal, over a real socket. */
async function gone(): Promise<void> {
  let stopped = (): void => {}
  const model: Model = {
    ...modelOf('', 1),
    async *stream(_, signal) {
      yield { type: 'text-delta', text: '{"title":"A' }
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      stopped()
    },
  }
  const server = createServer((_, response) => void pipeToNode(runStream('x', Table, { model }), response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const times: number[] = []
  for (let round = 0; round < 100; round++) {
    const stream = connect(`http://127.0.0.1:${port}/`, Table)
    await stream.streamPartial().next()
    const isStopped = new Promise<void>((resolve) => (stopped = resolve))
    const left = performance.now()
    stream.abort()
    await isStopped
    times.push(performance.now() - left)
  }
  server.close()
  times.sort((a, b) => a - b)
  console.log('\nFrom the client’s leaving to the stop of the model, 100 times (milliseconds)')
  console.log(`  median ${times[50]!.toFixed(1)}, longest ${times.at(-1)!.toFixed(1)}`)
}

async function renders(): Promise<void> {
  console.log('\nRenders for 1,000 deltas, one a millisecond')
  const text = textOf(4_000)
  const count = { ours: 0, title: 0, theirs: 0 }
  const source = (format: FormatName): Response =>
    toResponse(runStream('x', Table, { model: modelOf(text, 1, () => wait(1)) }), { format })
  let submit: (() => unknown)[] = []
  let done = 0
  const finished = (): void => void done++
  function Ours() {
    const stream = useStructuredStream({ api: () => source('sse'), schema: Table, onData: finished })
    submit.push(stream.submit)
    count.ours++
    return createElement('p', null, String(stream.partial?.rows?.length))
  }
  function Title() {
    const stream = useStructuredStream({ api: () => source('sse'), schema: Table, onData: finished })
    submit.push(stream.submit)
    count.title++
    return createElement('p', null, stream.field(['title']).value)
  }
  function Theirs() {
    const fetch = (): Promise<Response> => Promise.resolve(source('text'))
    const stream = useObject({ api: 'x', schema: Table, fetch, onFinish: finished })
    submit.push(() => stream.submit({}))
    count.theirs++
    return createElement('p', null, String(stream.object?.rows?.length))
  }
  for (const Component of [Ours, Title, Theirs]) {
    submit = []
    done = 0
    const root = createRoot(document.createElement('div'))
    root.render(createElement(Component))
    while (submit.length === 0) await wait(5)
    submit[0]!()
    while (done === 0) await wait(5)
    await wait(50)
    root.unmount()
  }
  const per = (n: number): string => ((n / deltasOf(text).length) * 1_000).toFixed(0)
  console.log(`  useStructuredStream, the whole value: ${per(count.ours)}`)
  console.log(`  useStructuredStream, one field: ${per(count.title)}`)
  console.log(`  useObject: ${per(count.theirs)}`)
}

await wire()
await gone()
await client()
await renders()
process.exit()
