import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { simulate } from '../../src/models/simulate/index.ts'
import { runStream } from '../../src/run-stream.ts'
import type { StructuredStream } from '../../src/stream/structured-stream.ts'
import { connect } from '../../src/web/client/index.ts'
import { pipeToNode, toResponse } from '../../src/web/server/index.ts'
import { collect, listen, until } from './loopback.ts'

const List = z.object({ rows: z.array(z.object({ id: z.number(), name: z.string() })) })
const list = { rows: Array.from({ length: 12 }, (_, id) => ({ id, name: `Row ${id} “${'ab'.repeat(id)}”` })) }
const begin = () =>
  runStream('Rows', List, { model: simulate({ response: list, reasoning: 'So, rows.', chunkSize: 3 }) })

describe.each(['sse', 'ndjson'] as const)('as %s', (format) => {
  test('from every id on: nothing is missing, nothing comes twice', async () => {
    const stream = begin()
    await stream.getData()
    const read = async (from: number) => {
      const response = toResponse(stream, { format, lastEventId: String(from) })
      const lines = (await response.text()).split('\n').filter((line) => /^(data: |\[)/.test(line))
      const events = lines.map((line) => JSON.parse(line.replace(/^data: /, '')) as unknown)
      return (format === 'sse' ? events : events.map((item) => (item as unknown[])[1])).slice(1)
    }
    const merged = (events: unknown[]) => {
      const all: unknown[] = []
      for (const event of events) {
        const last: unknown = all.at(-1)
        if (typeof event === 'string' && typeof last === 'string') all[all.length - 1] = last + event
        else all.push(event)
      }
      return JSON.stringify(all)
    }
    const whole = merged(await read(0))
    const log = await collect(stream.streamEvents())
    const units = log.items.filter(({ type }) => type !== 'value-complete').length
    const text = JSON.stringify(list)
    for (let from = 0; from <= units; from++) {
      const rest = merged(await read(from))
      const tail = rest.slice(rest.startsWith('["') ? 2 : 1)
      expect(whole.endsWith(tail) || rest.includes('reasoning-delta'), `from ${from}`).toBe(true)
    }
    // After the last text delta only the usage, the finish and the end are left.
    expect((await read(units)).map((event) => (event as { type: string }).type)).toEqual(['end'])
    expect(text.length).toBeGreaterThan(units)
  })

  test('a connection that is cut again and again loses nothing and repeats nothing', async () => {
    const streams = new Map<string, StructuredStream<typeof List>>()
    let connections = 0
    await using server = await listen(async (request, response) => {
      const id = request.url!.slice(1)
      let stream = streams.get(id)
      if (stream === undefined) {
        stream = begin()
        streams.set('7', stream)
      }
      connections++
      const lastEventId = request.headers['last-event-id'] as string | undefined
      const write = response.write.bind(response)
      let left = 120
      // Cut in the middle of whatever is being written.
      response.write = ((text: string) => {
        if (connections > 4) return write(text)
        left -= text.length
        if (left > 0) return write(text)
        write(text.slice(0, text.length + left))
        setImmediate(() => response.destroy())
        return true
      }) as never
      await pipeToNode(stream, response, { format, resume: '/7', lastEventId: lastEventId ?? null })
    })
    await using there = connect(`${server.url}new`, List, { reconnects: 50 })
    const text = collect(there.streamText())
    const rows = collect(there.streamElements(['rows']))
    expect(await there.getData()).toEqual(list)
    expect((await text).items.join('')).toBe(JSON.stringify(list))
    expect((await rows).items).toEqual(list.rows)
    expect(connections).toBeGreaterThan(3)
  }, 60_000)
})

test('without resume a cut is a lost connection, at once', async () => {
  let connections = 0
  await using server = await listen((_, response) => {
    connections++
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('id: 0\ndata: {"type":"hello","version":1}\n\n')
    setTimeout(() => response.destroy(), 5)
  })
  await expect(connect(server.url, List).getData()).rejects.toMatchObject({ code: 'connection_lost' })
  expect(connections).toBe(1)
})

test('tries to resume end, with the typed error', async () => {
  let connections = 0
  await using server = await listen((_, response) => {
    if (++connections > 1) return response.destroy()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('id: 0\ndata: {"type":"hello","version":1,"resume":"/x"}\n\n')
    return setTimeout(() => response.destroy(), 5)
  })
  await expect(connect(server.url, List, { reconnects: 2 }).getData()).rejects.toMatchObject({
    code: 'connection_lost',
  })
  expect(connections).toBe(3)
})

test('abort() asks a server that continues without us to stop', async () => {
  const methods: string[] = []
  const stream = runStream('Rows', List, { model: simulate({ response: list, delayMs: 20 }) })
  await using server = await listen((request, response) => {
    methods.push(`${request.method} ${request.url}`)
    if (request.method !== 'DELETE') return pipeToNode(stream, response, { resume: '/run/1' })
    stream.abort('asked to')
    return response.end()
  })
  const there = connect(`${server.url}new`, List, { body: {} })
  await there.streamPartial().next()
  there.abort()
  await until(() => methods.length === 2)
  expect(methods).toEqual(['POST /new', 'DELETE /run/1'])
  await expect(stream.getData()).rejects.toMatchObject({ code: 'aborted', cause: 'asked to' })
})
