import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ClaimTerms, Notice, Store, StoredEvent } from '../../src/store/store.ts'
import { runSize } from '../support/property.ts'

let number = 0
const newId = (): string => `stream-${process.pid}-${++number}`
const terms = (changes: Partial<ClaimTerms> = {}): ClaimTerms => ({
  lease: 10_000,
  grace: 0,
  ttl: 60_000,
  takeover: false,
  token: newId(),
  birth: 'birthday',
  ...changes,
})
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Events `from` … `to`. */
function eventsOf(from: number, to: number): StoredEvent[] {
  return Array.from({ length: to - from + 1 }, (_, index) => ({
    offset: from + index,
    data: `"event ${from + index} ✓"`,
  }))
}

/** Resolves at the next notice; rejects after 5 s. */
function noticeOf(store: Store, id: string, what: Notice): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no notice of ${what} within 5 s`)), 5_000)
    const unwatch = store.watch(id, what, () => {
      clearTimeout(timer)
      unwatch()
      resolve()
    })
  })
}

/** What every store has to do; the numbers are those of `src/store/store.ts`. */
export function testStore(name: string, open: () => Promise<{ store: Store; close(): Promise<void> }>): void {
  describe(name, () => {
    let store: Store
    let close: () => Promise<void>
    beforeAll(async () => ({ store, close } = await open()))
    afterAll(async () => {
      await store[Symbol.asyncDispose]()
      await close()
    })

    const accepted = { isAccepted: true, isCancelled: false }

    test('1. a stream that no one has claimed is not known', async () => {
      expect(await store.read('never', 0)).toBeUndefined()
      expect(await store.cancel('never')).toBe(false)
      expect(await store.append('never', 1, eventsOf(1, 1))).toEqual({ isAccepted: false, refusal: 'expired' })
    })

    test('1. open, then ended; nothing follows the end', async () => {
      const id = newId()
      const { epoch, last } = (await store.claim(id, terms()))!
      expect(last).toBe(0)
      expect(await store.read(id, 0)).toMatchObject({ state: 'open', last: 0, isCancelled: false, events: [] })
      expect(await store.append(id, epoch, eventsOf(1, 3))).toEqual(accepted)
      expect(await store.append(id, epoch, eventsOf(4, 4), true)).toEqual(accepted)
      expect(await store.read(id, 0)).toEqual({
        birth: 'birthday',
        state: 'ended',
        last: 4,
        left: 0,
        isCancelled: false,
        events: eventsOf(1, 4),
      })
      expect(await store.append(id, epoch, eventsOf(5, 5))).toEqual({ isAccepted: false, refusal: 'ended' })
      expect(await store.append(id, epoch, [])).toEqual({ isAccepted: false, refusal: 'ended' })
      expect(await store.claim(id, terms({ takeover: true }))).toBeUndefined()
      expect((await store.read(id, 0))?.events).toEqual(eventsOf(1, 4))
    })

    test('2. read from every offset, with every limit', async () => {
      const id = newId()
      const { epoch } = (await store.claim(id, terms()))!
      await store.append(id, epoch, eventsOf(1, 12))
      for (let after = 0; after <= 12; after++) {
        for (const limit of [0, 1, 5, 100]) {
          const page = await store.read(id, after, limit)
          expect(page?.last).toBe(12)
          expect(page?.events).toEqual(eventsOf(after + 1, 12).slice(0, limit))
        }
      }
      expect((await store.read(id, 99))?.events).toEqual([])
    })

    test('2. any text comes back as it was', async () => {
      const id = newId()
      const { epoch } = (await store.claim(id, terms()))!
      const texts = ['', ' ', '\0\r\n\t', '"\\u2028\u2028"', '𝒳 é ✓', '{"a":1}', '-0', 'x'.repeat(100_000)]
      await store.append(
        id,
        epoch,
        texts.map((data, index) => ({ offset: index + 1, data })),
      )
      expect((await store.read(id, 0))?.events.map(({ data }) => data)).toEqual(texts)
    })

    test('2. events that do not follow are refused', async () => {
      const id = newId()
      const { epoch } = (await store.claim(id, terms()))!
      await store.append(id, epoch, eventsOf(1, 2))
      expect(await store.append(id, epoch, eventsOf(4, 5))).toEqual({ isAccepted: false, refusal: 'gap' })
      expect(await store.read(id, 0)).toMatchObject({ last: 2, state: 'open' })
    })

    test('3. an append renews the lease; without it the stream is lost, and refuses its producer', async () => {
      const id = newId()
      const { epoch } = (await store.claim(id, terms({ lease: 300 })))!
      for (let beat = 0; beat < 4; beat++) {
        await wait(150)
        expect(await store.append(id, epoch, [])).toEqual(accepted)
      }
      await store.append(id, epoch, eventsOf(1, 1))
      const { left } = (await store.read(id, 0))!
      expect(left).toBeGreaterThan(0)
      expect(left).toBeLessThanOrEqual(300)
      await wait(left + 30)
      expect(await store.read(id, 0)).toEqual({
        birth: 'birthday',
        state: 'lost',
        last: 1,
        left: 0,
        isCancelled: false,
        events: eventsOf(1, 1),
      })
      expect(await store.append(id, epoch, eventsOf(2, 2))).toEqual({ isAccepted: false, refusal: 'lost' })
      expect(await store.claim(id, terms({ takeover: true }))).toBeUndefined()
    })

    test('3. a stream whose producer was silent is lost for readers and for the producer alike', async () => {
      const id = newId()
      const { epoch } = (await store.claim(id, terms({ lease: 50 })))!
      await wait(100)
      const { state } = (await store.read(id, 0))!
      expect(state).toBe('lost')
      expect(await store.append(id, epoch, eventsOf(1, 1))).toEqual({ isAccepted: false, refusal: 'lost' })
      expect((await store.read(id, 0))?.state).toBe('lost')
    })

    test('1. a later stream with the same id has its own birth mark; a takeover keeps it', async () => {
      const id = newId()
      const old = (await store.claim(id, terms({ lease: 50, grace: 10_000, birth: 'AAAAAAAA' })))!
      expect(old.birth).toBe('AAAAAAAA')
      await wait(80)
      const next = (await store.claim(id, terms({ takeover: true, birth: 'BBBBBBBB' })))!
      expect(next.birth).toBe('AAAAAAAA')
      expect((await store.read(id, 0))?.birth).toBe('AAAAAAAA')
      expect(await store.append(id, next.epoch, eventsOf(1, 2), true)).toEqual(accepted)
      const later = (await store.claim(id, terms({ birth: 'BBBBBBBB', replaces: 'AAAAAAAA' })))!
      expect(later).toMatchObject({ birth: 'BBBBBBBB', last: 0 })
      expect(later.epoch).toBeGreaterThan(next.epoch)
      expect(await store.read(id, 0)).toMatchObject({ birth: 'BBBBBBBB', last: 0, state: 'open', events: [] })
      expect(await store.append(id, next.epoch, eventsOf(3, 3))).toEqual({ isAccepted: false, refusal: 'taken' })
    })

    test('1. a claim replaces only the ended or lost stream that it names', async () => {
      const id = newId()
      const open = (await store.claim(id, terms({ birth: 'AAAAAAAA' })))!
      expect(await store.claim(id, terms({ replaces: 'AAAAAAAA' }))).toBeUndefined()
      await store.append(id, open.epoch, eventsOf(1, 1), true)
      expect(await store.claim(id, terms({ replaces: 'CCCCCCCC' }))).toBeUndefined()
      expect(await store.claim(id, terms())).toBeUndefined()
      const claims = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          store.claim(id, terms({ birth: `BBBBBBB${index}`, replaces: 'AAAAAAAA' })),
        ),
      )
      expect(claims.filter((claim) => claim !== undefined)).toHaveLength(1)
      const lost = newId()
      await store.claim(lost, terms({ lease: 30, birth: 'AAAAAAAA' }))
      await wait(60)
      expect(await store.claim(lost, terms({ birth: 'BBBBBBBB' }))).toBeUndefined()
      expect(await store.claim(lost, terms({ birth: 'BBBBBBBB', replaces: 'AAAAAAAA' }))).toMatchObject({ last: 0 })
    })

    test('cancel with a birth mark leaves a stream with another one alone', async () => {
      const id = newId()
      const { epoch } = (await store.claim(id, terms({ birth: 'AAAAAAAA' })))!
      expect(await store.cancel(id, 'BBBBBBBB')).toBe(false)
      expect(await store.append(id, epoch, [])).toEqual(accepted)
      expect(await store.cancel(id, 'AAAAAAAA')).toBe(true)
      expect(await store.append(id, epoch, [])).toEqual({ isAccepted: true, isCancelled: true })
    })

    test('4. while there is a producer no one else becomes it', async () => {
      const id = newId()
      expect(await store.claim(id, terms())).toBeDefined()
      expect(await store.claim(id, terms())).toBeUndefined()
      expect(await store.claim(id, terms({ takeover: true }))).toBeUndefined()
    })

    test('4. of many who claim at once one gets it', async () => {
      const id = newId()
      const claims = await Promise.all(Array.from({ length: 20 }, () => store.claim(id, terms())))
      expect(claims.filter((claim) => claim !== undefined)).toHaveLength(1)
    })

    test('4. within the grace another may take over; the old epoch is refused from then on', async () => {
      const id = newId()
      const old = (await store.claim(id, terms({ lease: 100, grace: 10_000 })))!
      await store.append(id, old.epoch, eventsOf(1, 3))
      await wait(150)
      expect((await store.read(id, 0))?.state).toBe('open')
      expect(await store.claim(id, terms())).toBeUndefined()
      const next = (await store.claim(id, terms({ takeover: true })))!
      expect(next.last).toBe(3)
      expect(next.epoch).toBeGreaterThan(old.epoch)
      expect(await store.append(id, old.epoch, eventsOf(4, 4))).toEqual({ isAccepted: false, refusal: 'taken' })
      expect(await store.append(id, old.epoch, [], true)).toEqual({ isAccepted: false, refusal: 'taken' })
      expect(await store.append(id, next.epoch, eventsOf(4, 5), true)).toEqual(accepted)
      expect((await store.read(id, 0))?.events).toEqual(eventsOf(1, 5))
    })

    test('5. whatever is sent again is accepted, and stored once', async () => {
      const id = newId()
      const own = terms()
      const claim = (await store.claim(id, own))!
      expect(await store.claim(id, own)).toEqual(claim)
      const { epoch } = claim
      for (const events of [eventsOf(1, 4), eventsOf(1, 4), eventsOf(3, 6), eventsOf(6, 6)]) {
        expect(await store.append(id, epoch, events)).toEqual(accepted)
      }
      expect(await store.append(id, epoch, eventsOf(7, 7), true)).toEqual(accepted)
      expect(await store.append(id, epoch, eventsOf(7, 7), true)).toEqual(accepted)
      expect((await store.read(id, 0))?.events).toEqual(eventsOf(1, 7))
    })

    test('6. forgotten after its time to live, which writes prolong; a new one is another', async () => {
      const id = newId()
      const old = (await store.claim(id, terms({ lease: 300, ttl: 400 })))!
      await store.append(id, old.epoch, eventsOf(1, 2))
      await wait(250)
      await store.append(id, old.epoch, eventsOf(3, 3))
      await wait(250)
      expect((await store.read(id, 0))?.last).toBe(3)
      await wait(300)
      expect(await store.read(id, 0)).toBeUndefined()
      expect(await store.append(id, old.epoch, eventsOf(4, 4))).toEqual({ isAccepted: false, refusal: 'expired' })
      const next = (await store.claim(id, terms()))!
      expect(next.last).toBe(0)
      expect(next.epoch).toBeGreaterThan(old.epoch)
      expect(await store.append(id, old.epoch, eventsOf(1, 1))).toEqual({ isAccepted: false, refusal: 'taken' })
    })

    test('cancel is reported by the next append, and by a notice', async () => {
      const id = newId()
      const { epoch } = (await store.claim(id, terms()))!
      const notice = noticeOf(store, id, 'cancel')
      await wait(50)
      expect(await store.cancel(id)).toBe(true)
      await notice
      expect(await store.append(id, epoch, [])).toEqual({ isAccepted: true, isCancelled: true })
      expect((await store.read(id, 0))?.isCancelled).toBe(true)
    })

    test('cancel of a stream that has ended changes nothing', async () => {
      const id = newId()
      const { epoch } = (await store.claim(id, terms()))!
      await store.append(id, epoch, eventsOf(1, 1), true)
      expect(await store.cancel(id)).toBe(true)
      expect((await store.read(id, 0))?.isCancelled).toBe(false)
    })

    test('events and the end are noticed by every watcher, until it leaves', async () => {
      const id = newId()
      const { epoch } = (await store.claim(id, terms()))!
      let left = 0
      const unwatch = store.watch(id, 'events', () => left++)
      unwatch()
      unwatch()
      const watching = Array.from({ length: 5 }, () => noticeOf(store, id, 'events'))
      await wait(50)
      await store.append(id, epoch, eventsOf(1, 1))
      await Promise.all(watching)
      const end = noticeOf(store, id, 'events')
      await wait(50)
      await store.append(id, epoch, eventsOf(2, 2), true)
      await end
      expect(left).toBe(0)
    })

    const rounds = runSize('LAWS', 5_000).cases / 100
    test(`${rounds * 100} writes of an old epoch: none is stored`, { timeout: 180_000 }, async () => {
      const id = newId()
      const old = (await store.claim(id, terms({ lease: 1, grace: 180_000 })))!
      await store.append(id, old.epoch, eventsOf(1, 1))
      await wait(20)
      const next = (await store.claim(id, terms({ takeover: true, grace: 180_000 })))!
      let refused = 0
      for (let round = 0; round < rounds; round++) {
        const stale = Array.from({ length: 100 }, () => store.append(id, old.epoch, eventsOf(round + 2, round + 2)))
        const good = store.append(id, next.epoch, [{ offset: round + 2, data: 'good' }])
        for (const answer of await Promise.all(stale)) if (!answer.isAccepted && answer.refusal === 'taken') refused++
        expect(await good).toEqual(accepted)
      }
      expect(refused).toBe(rounds * 100)
      const { events } = (await store.read(id, 1, 2 * rounds))!
      expect(events.every(({ data }) => data === 'good')).toBe(true)
      expect(events).toHaveLength(rounds)
    })
  })
}
