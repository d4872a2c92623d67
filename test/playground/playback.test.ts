import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { judge } from '../../playground/judge.ts'
import { Playback } from '../../playground/page/playback.ts'
import type { TextPiece } from '../../playground/page/log-state.ts'
import { schemas } from '../../schemas/index.ts'
import type { AnySchema } from '../../src/schema/types.ts'

const never = new AbortController().signal

async function playback(
  text: string,
  schema: AnySchema,
  onInvalid: 'collect' | 'abort' = 'collect',
  chunk = 3,
): Promise<Playback> {
  const source = { kind: 'pasted', text, chunk, delay: 10 } as const
  return new Playback(await judge({ source, onInvalid, repair: true }, schema, never))
}

/** Keeps the text as a pane shows it. */
function pane(): { text: string; clear(): void; push(pieces: readonly TextPiece[]): void; end(): void } {
  return {
    text: '',
    clear() {
      this.text = ''
    },
    push(pieces) {
      for (const piece of pieces) if (piece.type !== 'attempt') this.text += piece.text
    },
    end() {},
  }
}

test('wherever it is moved to, and from wherever, the same is shown', async () => {
  const { schema, sample } = schemas.invoice
  const text = JSON.stringify(sample)
  const forward = await playback(text, schema, 'collect', 2)
  const jumping = await playback(text, schema, 'collect', 2)
  const shown = pane()
  jumping.attach(shown)
  expect(forward.last).toBeGreaterThan(256)
  const seen = new Map<number, string>()
  const lookAt = (one: Playback): string => {
    const { partial, notes, fields, attempts, endedAt } = one.getState()
    const states = Object.keys(sample).map((key) => one.reader([key])().state)
    return JSON.stringify({ partial, notes, fields, attempts, endedAt, states })
  }
  forward.seek(0)
  for (let index = 0; index <= forward.last; index++) {
    forward.seek(index)
    seen.set(index, lookAt(forward))
  }
  let random = 7
  for (let jump = 0; jump < 60; jump++) {
    random = (random * 16807) % 2147483647
    const index = random % (forward.last + 1)
    jumping.seek(index)
    expect(lookAt(jumping), `event ${index}`).toBe(seen.get(index))
    expect(shown.text, `event ${index}`).toBe(text.slice(0, 2 * (index + 1)))
  }
})

test('fields are absent, open, complete or invalid as they were at each event, and keep their identity', async () => {
  const Film = z.object({ title: z.string(), year: z.number() })
  const film = await playback('{"title":"Alien","year":"late"}', Film)
  const [title, year] = [film.reader(['title']), film.reader(['year'])]
  const states = (): unknown => [title().state, year().state]
  film.seek(0)
  expect(states()).toEqual(['absent', 'absent'])
  film.seek(4)
  expect(states()).toEqual(['open', 'absent'])
  film.seek(7)
  expect(states()).toEqual(['complete', 'absent'])
  const before = title()
  film.seek(film.last)
  expect(states()).toEqual(['complete', 'invalid'])
  expect(title()).toBe(before)
  film.seek(-5)
  expect(film.index).toBe(0)
})

test('what a stopped model would not have written is shown as such, and counts as saved', async () => {
  const Film = z.object({ year: z.number() })
  const film = await playback('{"year":"late","more":"and so on"}', Film, 'abort')
  const pieces: TextPiece[] = []
  film.attach({ clear() {}, push: (more) => void pieces.push(...more), end() {} })
  const unread = pieces.flatMap((piece) => (piece.type === 'unread' ? piece.text : []))
  expect(unread.join('')).toMatch(/^.*more":"and so on"\}$/)
  const { wholeLength, attempts, text } = film.getState()
  expect(attempts[0]).toMatchObject({ isStopped: true, chars: text.length })
  expect(text.length + unread.join('').length).toBe(wholeLength)
})

test('the elements of a list are in the time line, too', async () => {
  const list = await playback('[{"n":1},{"n":2}]', z.array(z.object({ n: z.number() })))
  expect(list.getState().fields).toMatchObject([
    { key: 0, to: expect.any(Number) as number, inside: [expect.any(Number)] },
    { key: 1, to: expect.any(Number) as number },
  ])
})

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

test('it plays at the recorded pace or faster, from the beginning or from where it is, until it is paused', async () => {
  const film = await playback('{"title":"Alien"}', z.object({ title: z.string() }))
  film.play(1)
  expect([film.index, film.isPlaying]).toEqual([0, true])
  vi.advanceTimersByTime(20)
  expect(film.index).toBe(2)
  film.pause()
  vi.advanceTimersByTime(1_000)
  expect([film.index, film.isPlaying]).toEqual([2, false])
  film.play(2)
  vi.advanceTimersByTime(5)
  expect(film.index).toBe(3)
  vi.advanceTimersByTime(1_000)
  expect([film.index, film.isPlaying]).toEqual([film.last, false])
})
