import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { StructStreamError } from '../../src/errors.ts'
import type { Model, ModelEvent } from '../../src/models/model.ts'
import { runStream } from '../../src/run-stream.ts'
import { pipeToNode, toResponse } from '../../src/web/server/index.ts'
import { says, scripted, type Step } from '../stream/scripted.ts'
import { listen } from './loopback.ts'

const Film = z.object({ title: z.string(), year: z.int(), isGood: z.boolean(), cast: z.array(z.string()) })
const film = { title: 'The "Thing" \\ {x}', year: 1982, isGood: true, cast: ['Kurt Russell', ''] }
const quiet = { format: 'text', onError: () => {} } as const

const limited = new StructStreamError('rate_limited', 'Slowly, sk-1234567890abcdefghij', { retryAfter: 1_500 })
const cases: [name: string, script: Step[], status: number, code: string, retryAfter: string | null][] = [
  ['a rate limit', [{ throws: limited }], 429, 'rate_limited', '2'],
  ['an error of the provider', [{ throws: new Error('secret') }], 502, 'provider_error', null],
  [
    'a refusal',
    [
      { type: 'refusal-delta', text: 'No.' },
      { type: 'finish', reason: 'refusal' },
    ],
    502,
    'refused',
    null,
  ],
  ['an answer without JSON', says('Sorry.'), 502, 'no_json', null],
  ['a connection that is lost', [], 502, 'connection_lost', null],
]

describe.each(cases)('%s before the first character', (_, script, status, code, retryAfter) => {
  const expectReply = async (response: Response): Promise<void> => {
    expect(response.status).toBe(status)
    expect(response.headers.get('x-structstream-error')).toBe(code)
    expect(response.headers.get('retry-after')).toBe(retryAfter)
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    const body = await response.text()
    expect(body).not.toBe('')
    expect(body).not.toMatch(/secret|sk-1234/)
  }

  test('is the status of an awaited toResponse', async () => {
    await expectReply(await toResponse(runStream('x', Film, { model: scripted(script) }), quiet))
  })

  test('is the status of a route that returns it', async () => {
    const route = async (): Promise<Response> => toResponse(runStream('x', Film, { model: scripted(script) }), quiet)
    await expectReply(await route())
  })

  test('is the status of pipeToNode', async () => {
    await using server = await listen((__, response) =>
      pipeToNode(runStream('x', Film, { model: scripted(script) }), response, quiet),
    )
    await expectReply(await fetch(server.url))
  })

  test('is the status for a reader that is late', async () => {
    const stream = runStream('x', Film, { model: scripted(script) })
    await stream.getData().catch(() => {})
    await expectReply(await toResponse(stream, quiet))
  })
})

test('an awaited response is the stream, with its own status and headers', async () => {
  const stream = runStream('x', Film, { model: scripted(says(JSON.stringify(film))) })
  const response = await toResponse(stream, { format: 'text', status: 201, headers: { 'X-Own': '1' } })
  expect(response.status).toBe(201)
  expect(response.headers.get('x-own')).toBe('1')
  expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(await response.json()).toEqual(film)
})

describe('keep-alives of text', () => {
  const slowly = (text: string): Model => ({
    ...scripted([]),
    async *stream(): AsyncGenerator<ModelEvent> {
      for (const char of text) {
        await new Promise((resolve) => setTimeout(resolve, 2))
        yield { type: 'text-delta', text: char }
      }
      yield { type: 'finish', reason: 'stop' }
    },
  })

  test('are whitespace where JSON has it, and nowhere else', async () => {
    const stream = runStream('x', Film, { model: slowly(JSON.stringify(film)) })
    const text = await toResponse(stream, { ...quiet, keepAlive: 1 }).text()
    expect(text).toContain('\n')
    expect(JSON.parse(text)).toEqual(film)
    expect(text).not.toMatch(/^\s/)
  })

  test('are never sent where the answer is text', async () => {
    const said = 'Some: "text", [x] {y}'
    const text = await toResponse(runStream('x', undefined, { model: slowly(said) }), { ...quiet, keepAlive: 1 }).text()
    expect(text).toBe(said)
  })
})
