import { describe, expect, test } from 'vitest'
import { NONE } from '../../../src/async/consumer.ts'
import { runStream } from '../../../src/run-stream.ts'
import { Smoothing, type SmoothUnit } from '../../../src/stream/consumers/smoothing.ts'
import { drain, pushed, says, scripted, stop, text } from '../scripted.ts'

const TEXTS = [
  'One  two\tthree\n\nfour, five.',
  'Grüße 👩‍👩‍👧 e\u0301 🇩🇪🇫🇷 ok',
  '今日は東京へ行きます and back',
  '',
  ' ',
  'x'.repeat(700),
  `${'y'.repeat(255)}👍${'z'.repeat(300)} end`,
  '\n\n\r\n',
]

/** All pieces of `deltas`. */
function pieces(deltas: readonly string[], by: SmoothUnit): string[] {
  const smoothing = new Smoothing(by, () => {})
  const found: string[] = []
  const take = (source: () => string | typeof NONE, isOver: boolean): void => {
    for (let piece = smoothing.take(source, isOver, false); piece !== NONE;) {
      found.push(piece)
      piece = smoothing.take(source, isOver, false)
    }
  }
  for (const delta of deltas) {
    const queue = [delta]
    take(() => queue.shift() ?? NONE, false)
  }
  take(() => NONE, true)
  return found
}

describe.each<SmoothUnit>(['character', 'word', 'line'])('by %s', (by) => {
  test.each(TEXTS)('%j: the pieces do not depend on how the text came, and joined they are the text', (whole) => {
    const expected = pieces([whole], by)
    expect(expected.join('')).toBe(whole)
    expect(expected.filter((piece) => piece === '')).toEqual([])
    for (const size of [1, 2, 3, 7, 64]) {
      const deltas = Array.from({ length: Math.ceil(whole.length / size) }, (_, i) =>
        whole.slice(i * size, (i + 1) * size),
      )
      expect(pieces(deltas, by)).toEqual(expected)
    }
  })
})

test('what a piece is', () => {
  expect(pieces(['One  two\tthree\nfour'], 'word')).toEqual(['One', '  two', '\tthree', '\nfour'])
  expect(pieces(['東京へ go now'], 'word')).toEqual(['東', '京', 'へ', ' go', ' now'])
  expect(pieces(['a\n\nb\r\nc'], 'line')).toEqual(['a\n', '\n', 'b\r\n', 'c'])
  expect(pieces(['e\u0301👩‍👩‍👧🇩🇪x'], 'character')).toEqual(['e\u0301', '👩‍👩‍👧', '🇩🇪', 'x'])
  expect(pieces(['x'.repeat(600)], 'word').map((piece) => piece.length)).toEqual([256, 256, 88])
})

test('streamText and streamField by word', async () => {
  const json = '{"title":"The quiet \\"harbor\\" town"}'
  const stream = runStream('', undefined, { model: scripted(says('one two three four', 3)) })
  expect((await drain(stream.streamText({ smooth: 'word' }))).items).toEqual(['one', ' two', ' three', ' four'])
  const { z } = await import('zod')
  const typed = runStream('', z.object({ title: z.string() }), { model: scripted(says(json, 3)) })
  const field = await drain(typed.streamField(['title'], { smooth: 'word' }))
  expect(field).toEqual({ items: ['The', ' quiet', ' "harbor"', ' town'], error: undefined })
})

test('with a delay nothing is lost, although the run is over long before', async () => {
  const stream = runStream('', undefined, { model: scripted(says('abcdef', 6)) })
  await stream.getData()
  const { items } = await drain(stream.streamText({ smooth: { by: 'character', delay: 1 } }))
  expect(items).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
})

test('a failure comes after the rest of the text, without waiting for it', async () => {
  const model = pushed()
  const stream = runStream('', undefined, { model: model.model })
  const reading = drain(stream.streamText({ smooth: { by: 'word', delay: 2 ** 30 } }))
  await model.push(text('one two three fo'))
  stream.abort()
  const { items, error } = await reading
  expect(items.join('')).toBe('one two three fo')
  expect(error).toMatchObject({ code: 'aborted' })
})

test('leaving while it pauses stops its timer', async () => {
  const stream = runStream('', undefined, { model: scripted([text('one two three'), stop]) })
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const before = timers()
  const reader = stream.streamText({ smooth: { by: 'word', delay: 100_000 } })
  expect((await reader.next()).value).toBe('one')
  expect(timers()).toBe(before + 1)
  await reader.return?.()
  expect(timers()).toBe(before)
})

test.each([
  [
    { smooth: 'sentence' },
    /`smooth` must be 'character', 'word' or 'line', or an object with by, delay, got "sentence"/,
  ],
  [{ smooth: { by: 'word', delay: -1 } }, /`smooth\.delay` must be milliseconds/],
  [{ smooth: { delay: 1 } }, /`smooth\.by` must be/],
  [{ smooth: { by: 'word', every: 1 } }, /Unknown option `smooth\.every`/],
  [{ smooth: 'word', cumulative: true }, /exclude each other/],
])('%j is refused', (options, message) => {
  const stream = runStream('', undefined, { model: scripted([stop]) })
  expect(() => stream.streamText(options as never)).toThrow(message)
})
