import { afterEach, describe, expect, test, vi } from 'vitest'
import { connect } from '../../../src/web/client/index.ts'
import { EventBudget } from '../../../src/web/client/event-budget.ts'
import { decodeError, decodeEvent, type WireEvent } from '../../../src/web/protocol.ts'

const hello = (resume?: string, id = 0) =>
  `id: ${id}\ndata: ${JSON.stringify({ type: 'hello', version: 1, ...(resume && { resume }) })}\n\n`
const start = 'data: {"type":"attempt-start","kind":"first","writes":"answer","provider":"p","model":"m"}\n\n'
const sse = (body: string) => new Response(body, { headers: { 'content-type': 'text/event-stream' } })

/** A body that repeats `piece` until it is cancelled, or `most` times. */
function endless(begin: string, piece: string, most: number) {
  const encoder = new TextEncoder()
  const many = encoder.encode(piece.repeat(100))
  let sent = 0
  let isCancelled = false
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(begin)),
    pull: (controller) => {
      sent += 100
      if (sent > most) controller.close()
      else controller.enqueue(many)
    },
    cancel: () => {
      isCancelled = true
    },
  })
  const response = new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  return { response, isCancelled: () => isCancelled, sent: () => sent }
}

const next = start.replace('"first"', '"restart"').replace('"answer"', '"more"')
const call = (id: string) => `data: {"type":"tool-call-start","id":"${id}","name":"n"}\n\n`
const flood: [string, string][] = [
  ['attempts', next],
  ['usage', 'data: {"type":"usage","usage":{"inputTokens":1}}\n\n'],
  ['files', `data: {"type":"file","mediaType":"a/b","data":"${'A'.repeat(1_000)}"}\n\n`],
  ['restarts', 'data: {"type":"restart","reason":"r","issues":[]}\n\n'],
  ['results of tools', 'data: {"type":"tool-result","id":"i","name":"n","output":"o"}\n\n'],
  ['patches', 'data: {"type":"patch","paths":[["a"]]}\n\n'],
  ['ends of calls', 'data: {"type":"tool-call-end","id":"i"}\n\n'],
]

describe('a server without end', () => {
  test.each(flood)('%s end in limit_exceeded, and the connection is closed', async (_, piece) => {
    const { response, isCancelled, sent } = endless(hello() + start, piece, 200_000)
    const stream = connect(response, undefined, { limits: { maxEventBytes: 200_000 } })
    await expect(stream.getText()).rejects.toMatchObject({ code: 'limit_exceeded' })
    expect(isCancelled()).toBe(true)
    expect(sent()).toBeLessThan(10_000)
  })

  test('text in attempt after attempt ends in limit_exceeded', async () => {
    const { response, sent } = endless(hello() + start, `data: "${'x y '.repeat(20)}"\n\n${next}`, 100_000)
    const stream = connect(response, undefined, { limits: { maxChars: 2_000 } })
    await expect(stream.getText()).rejects.toMatchObject({ code: 'limit_exceeded' })
    expect(sent()).toBeLessThan(1_000)
  })

  test('two tool calls with one id are an error', async () => {
    const stream = connect(sse(hello() + start + call('a') + call('a')))
    await expect(stream.getText()).rejects.toMatchObject({
      code: 'provider_error',
      message: expect.stringMatching(/second tool call with the id "a"/),
    })
  })

  test('the default lets 100,000 reports of usage pass, and no 1,000,000', () => {
    const budget = new EventBudget({ maxChars: 10_000_000, maxEventBytes: 67_108_864 })
    const usage: WireEvent = { type: 'usage', usage: {} }
    for (let count = 0; count < 100_000; count++) budget.take(usage)
    expect(() => {
      for (let count = 0; count < 900_000; count++) budget.take(usage)
    }).toThrow(expect.objectContaining({ code: 'limit_exceeded' }))
  })
})

describe('a server that cuts each connection', () => {
  afterEach(() => void vi.useRealTimers())

  /** Each connection gives `piece`, with the next id, and is cut. */
  const cutting = (piece: (id: number) => string) => {
    let connections = 0
    const fetch = async (_: unknown, init?: RequestInit): Promise<Response> => {
      connections++
      const after = Number(new Headers(init?.headers).get('last-event-id') ?? 0)
      return sse(hello('/rest', after) + (after === 0 ? `id: 1\n${start}` : '') + piece(Math.max(after, 1) + 1))
    }
    return { fetch, connections: () => connections }
  }

  test('after an event each: it is given up after 1,000 connections', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const { fetch, connections } = cutting((id) => `id: ${id}\ndata: "x"\n\n`)
    const stream = connect('http://localhost/', undefined, { fetch, timeout: { idle: Infinity } })
    const error = stream.getText().catch((error: unknown) => error)
    for (let turn = 0; turn < 20_000 && stream.status !== 'failed'; turn++) await vi.advanceTimersByTimeAsync(200)
    expect(await error).toMatchObject({ code: 'connection_lost' })
    expect(connections()).toBe(1_000)
  })

  test('after nothing: it is given up when the patience is over', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const { fetch, connections } = cutting(() => '')
    const stream = connect('http://localhost/', undefined, { fetch, patience: 10_000, timeout: { idle: Infinity } })
    const began = performance.now()
    const error = stream.getText().catch((error: unknown) => error)
    for (let turn = 0; turn < 1_000 && stream.status !== 'failed'; turn++) await vi.advanceTimersByTimeAsync(100)
    expect(await error).toMatchObject({ code: 'connection_lost' })
    expect(performance.now() - began).toBeGreaterThan(9_000)
    expect(performance.now() - began).toBeLessThan(20_000)
    expect(connections()).toBeGreaterThan(4)
  })

  test.each([0, 3])('with reconnects: %i it is given up after that many tries', async (reconnects) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const { fetch, connections } = cutting(() => '')
    const stream = connect('http://localhost/', undefined, { fetch, reconnects })
    const error = stream.getText().catch((error: unknown) => error)
    for (let turn = 0; turn < 300 && stream.status !== 'failed'; turn++) await vi.advanceTimersByTimeAsync(100)
    expect(await error).toMatchObject({ code: 'connection_lost' })
    // The first connection makes progress, and so do the tries after it begin to count.
    expect(connections()).toBe(reconnects + 1)
  })
})

describe('values that a server sends are checked against what exists', () => {
  const wrong: [string, object][] = [
    ['a kind of attempt', { type: 'attempt-start', kind: 'last', writes: 'answer', provider: 'p', model: 'm' }],
    ['a mode', { type: 'attempt-start', kind: 'first', writes: 'answer', provider: 'p', model: 'm', mode: 'yaml' }],
    ['a finish reason', { type: 'finish', reason: 'fine' }],
    ['a finish reason of a prototype', { type: 'finish', reason: 'constructor' }],
    ['usage that is text', { type: 'usage', usage: { inputTokens: '5' } }],
    ['usage below zero', { type: 'usage', usage: { outputTokens: -1 } }],
    ['usage in parts', { type: 'usage', usage: { outputTokens: 1.5 } }],
    ['usage that is a list', { type: 'usage', usage: [1] }],
    ['the code of a restart', { type: 'restart', reason: 'r', issues: [], code: 'whatever' }],
    ['the wait of a restart', { type: 'restart', reason: 'r', issues: [], wait: -5 }],
    ['paths that are none', { type: 'patch', paths: [['a', null]] }],
    ['paths that are text', { type: 'recover', reason: 'r', paths: 'ab' }],
    ['an error of a tool that is none', { type: 'tool-result', id: 'i', name: 'n', error: {} }],
    ['a file without text', { type: 'file', mediaType: 'a/b', data: [1] }],
  ]
  test.each(wrong)('%s', (_, event) => {
    expect(() => decodeEvent(JSON.stringify(event))).toThrow(expect.objectContaining({ code: 'provider_error' }))
  })

  test('an unknown code of an error is named, and is not passed on', () => {
    const error = decodeError({ code: 'out_of_cheese' as never, message: 'Redo' })
    expect(error).toMatchObject({ code: 'provider_error', message: expect.stringMatching(/out_of_cheese.*Redo/) })
    expect(decodeError({ code: 'constructor' as never, message: 'm' }).code).toBe('provider_error')
  })

  test('facts of an error that are none are left out, and the others are kept', () => {
    const wire = {
      code: 'invalid_data',
      message: 'm',
      status: '500',
      retryAfter: -1,
      path: [{}],
      position: null,
      issues: [1],
      finishReason: 'fine',
      provider: 7,
      requestId: 'r1',
      usage: { inputTokens: 1, cheese: 5 },
    }
    const error = decodeError(wire as never)
    expect(error).toMatchObject({ code: 'invalid_data', requestId: 'r1', usage: { inputTokens: 1 }, issues: [] })
    expect(error.usage).toEqual({ inputTokens: 1 })
    for (const fact of ['status', 'retryAfter', 'path', 'position', 'finishReason', 'provider'] as const)
      expect(error[fact]).toBeUndefined()
  })

  test('usage with names that are not known reaches the page without them', async () => {
    const usage = 'data: {"type":"usage","usage":{"inputTokens":3,"cheese":"much"}}\n\n'
    const end = 'data: "hi"\n\ndata: {"type":"finish","reason":"stop"}\n\ndata: {"type":"end"}\n\n'
    const { usage: seen } = await connect(sse(hello() + start + usage + end)).getResult()
    expect(seen).toEqual({ requests: 1, inputTokens: 3 })
  })
})
