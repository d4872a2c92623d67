import { fc } from '../support/fast-check.ts'
import { beforeAll, expect, test, vi } from 'vitest'
import type { Model } from '../../src/models/model.ts'
import { runStream } from '../../src/run-stream.ts'
import { connect } from '../../src/web/client/index.ts'
import { decodeEvent, decodeItem, encodeMarkedText, encodeText } from '../../src/web/protocol.ts'
import { toResponse } from '../../src/web/server/index.ts'

// A client waits for a random time before it comes back: here for none.
beforeAll(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0)
  return () => vi.restoreAllMocks()
})

/** Long enough that ids are left out, with much to escape. */
const said = Array.from({ length: 120 }, (_, index) => `{"row ${index}":"it's \\"so\\"\n"},`).join('')

/** A model with a little text in each turn, and a thought in the middle. */
const paced: Model = {
  provider: 'paced',
  id: 'paced-1',
  modes: [],
  dialect: 'json-schema',
  async *stream() {
    for (let at = 0; at < said.length; at += 5) {
      await new Promise((resolve) => setImmediate(resolve))
      yield { type: 'text-delta', text: said.slice(at, at + 5) }
      if (at === 2_000) yield { type: 'reasoning-delta', text: 'Hm.' }
    }
    yield { type: 'finish', reason: 'stop' }
  },
}

test.each(['sse', 'ndjson'] as const)(
  'text without ids is read once, wherever a connection is cut, as %s',
  async (format) => {
    const stream = runStream('x', undefined, { model: paced })
    const resume = 'http://localhost/rest'
    const live = toResponse(stream, { format, resume, gather: 0 })
    const { headers } = live
    const body = await live.text()
    const frames = body.split('\n').filter((line) => (format === 'sse' ? line.startsWith('data: ') : line !== ''))
    const numbered = body.match(format === 'sse' ? /^id: /gm : /^\[\d/gm)!.length
    expect(numbered).toBeLessThan(frames.length / 2)
    const first = body.indexOf('\n', body.indexOf('hello')) + 2
    for (let step = 0; step <= 40; step++) {
      const cutAt = first + Math.floor(((body.length - first) * step) / 40)
      let asked = 0
      const fetch = (_: unknown, init?: RequestInit): Promise<Response> => {
        const lastEventId = new Headers(init?.headers).get('last-event-id')
        return Promise.resolve(
          asked++ === 0
            ? new Response(body.slice(0, cutAt), { headers })
            : toResponse(stream, { format, resume, lastEventId, gather: 0 }),
        )
      }
      const page = connect('http://localhost/first', undefined, { fetch })
      expect(await page.getText(), `cut at ${cutAt}`).toBe(said)
      expect(asked).toBeLessThanOrEqual(2)
    }
  },
)

test('whatever a text is, it is the same after its way, marked, bare or plain', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat({ max: 40 }), (text, quotes) => {
      const all = text + '"'.repeat(quotes)
      expect(decodeEvent(encodeMarkedText(all))).toEqual({ type: 'text-delta', text: all })
      expect(decodeItem(encodeText(all))).toEqual({ id: undefined, event: { type: 'text-delta', text: all } })
      expect(encodeText(all)).not.toMatch(/[\r\n]/)
    }),
    { numRuns: 300 },
  )
})
