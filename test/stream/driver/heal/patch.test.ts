import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import { runStream } from '../../../../src/index.ts'
import { invoice, Invoice } from '../../../../schemas/invoice.ts'
import { drain } from '../../scripted.ts'
import { runAtOnce } from '../../../support/run-at-once.ts'
import { keeping, saying } from './saying.ts'

const { sample } = invoice

/** The sample with some places made different. */
function broken(change: (data: any) => void): unknown {
  const copy = structuredClone(sample)
  change(copy)
  return copy
}

describe('patch', () => {
  test('asks only for the wrong and missing places, and nothing good is sent again', async () => {
    const wrong = broken((data) => {
      data.lines[1].quantity = 'twelve'
      delete data.total
      data.payment.iban = 5
    })
    const model = saying(wrong, { payment_iban: sample.payment, total: sample.total, lines_1_quantity: 12 })
    const stream = runStream('Read it', Invoice, { model, onInvalid: 'patch' })
    const events = await drain(stream.streamEvents())
    const first = model.requests[1]!.format!.schema as { properties: Record<string, any>; required: string[] }
    expect(first.required).toEqual(['lines_1_quantity', 'payment_iban', 'total'])
    expect(first.properties['lines_1_quantity']).toMatchObject({ type: 'number', exclusiveMinimum: 0 })
    expect(first.properties['total']).toMatchObject({ type: 'number', minimum: 0 })
    expect(first.properties['total'].description).toContain('/total')
    expect(events.items.find(({ type }) => type === 'patch')).toMatchObject({
      attempt: 2,
      paths: [['lines', 1, 'quantity'], ['payment', 'iban'], ['total']],
    })
  })

  test('the answers stream into their places', async () => {
    const wrong = broken((data) => {
      data.lines[1].quantity = 'twelve'
      delete data.note
      data.seller = 'Nordlicht'
      delete data.total
    })
    const answer = { seller: sample.seller, lines_1_quantity: 12, total: sample.total }
    const model = saying(wrong, answer)
    const stream = runStream('Read it', Invoice, { model, onInvalid: 'patch' })
    const snapshots = await drain(stream.streamSnapshots())
    const { note: _, ...expected } = sample
    expect(snapshots.error).toBeUndefined()
    expect(await stream.getData()).toEqual(expected)
    const second = snapshots.items.filter(({ attempt }) => attempt === 2)
    const sellers = second.map(({ value }) => value.seller?.name).filter((name) => name !== undefined)
    expect(new Set(sellers).size).toBeGreaterThan(3)
    // What was good stays the same object all the time.
    const before = snapshots.items.filter(({ attempt }) => attempt === 1).at(-1)!.value
    for (const { value } of second) {
      expect(value.buyer).toBe(before.buyer)
      expect(value.payment).toBe(before.payment)
      expect(value.lines?.[0]).toBe(before.lines?.[0])
      expect(value.lines?.[2]).toBe(before.lines?.[2])
    }
    expect(second.at(-1)!.isComplete([])).toBe(true)
    const open = second.find(({ value }) => /^N.*[^o]$/.test(value.seller?.name ?? ''))
    expect(open?.isComplete(['seller'])).toBe(false)
    expect(open?.isComplete(['buyer'])).toBe(true)
    expect(open?.isComplete([])).toBe(false)
  })

  test('streamElements gives a repaired element once', async () => {
    const wrong = broken((data) => {
      data.lines[0].unit = 'hours'
      data.lines[1] = 'hosting'
    })
    const model = saying(wrong, { lines_0_unit: 'hour', lines_1: sample.lines[1] })
    const stream = runStream('Read it', Invoice, { model, onInvalid: 'patch' })
    const early = drain(stream.streamElements(['lines']))
    const { items } = await early
    expect(items).toHaveLength(3)
    expect([...items].sort((a, b) => b.unitPrice - a.unitPrice)).toEqual([
      sample.lines[0],
      sample.lines[2],
      sample.lines[1],
    ])
    expect(items[0]).toEqual(sample.lines[2])
    // A late consumer misses none of them.
    expect((await drain(stream.streamElements(['lines']))).items).toEqual(sample.lines)
  })

  test('text, messages and the result are those of one answer', async () => {
    const model = saying(
      broken((data) => delete data.total),
      { total: sample.total },
    )
    const result = await runStream('Read it', Invoice, { model, onInvalid: 'patch' }).getResult()
    expect(JSON.parse(result.text)).toEqual(sample)
    expect(result.messages).toEqual([
      { role: 'user', content: 'Read it' },
      { role: 'assistant', content: result.text },
    ])
    expect(result.attempts.map(({ kind }) => kind)).toEqual(['first', 'patch'])
    expect(result.usage.outputTokens).toBe(
      result.attempts[0]!.usage!.outputTokens! + result.attempts[1]!.usage!.outputTokens!,
    )
  })

  test('a key that a strict object does not allow is taken out without a call', async () => {
    const Strict = z.strictObject({ a: z.string(), b: z.strictObject({ c: z.number() }) })
    const model = saying({ a: 'x', b: { c: 1, d: 2 }, e: 3 })
    const stream = runStream('q', Strict, { model, onInvalid: 'patch' })
    const events = await drain(stream.streamEvents())
    expect(await stream.getData()).toEqual({ a: 'x', b: { c: 1 } })
    expect(model.requests).toHaveLength(1)
    expect((await stream.getResult()).repairs).toMatchObject([
      { kind: 'undeclared-key', path: ['b', 'd'], before: '2' },
      { kind: 'undeclared-key', path: ['e'], before: '3' },
    ])
    expect(events.items.filter(({ type }) => type === 'repair')).toHaveLength(2)
    expect(JSON.parse(await stream.getText())).toEqual({ a: 'x', b: { c: 1 } })
  })

  test('a list that is too short is asked for the elements that are missing', async () => {
    const List = z.object({ words: z.array(z.string()).min(4) })
    const model = saying({ words: ['a', 'b'] }, { words_more: ['c', 'd'] })
    const stream = runStream('q', List, { model, onInvalid: 'patch' })
    const [{ items }, partials] = await Promise.all([
      drain(stream.streamElements(['words'])),
      drain(stream.streamPartial()),
    ])
    expect(await stream.getData()).toEqual({ words: ['a', 'b', 'c', 'd'] })
    expect(items).toEqual(['a', 'b', 'c', 'd'])
    expect(partials.items.at(-1)).toEqual({ words: ['a', 'b', 'c', 'd'] })
    expect(model.requests[1]!.format!.schema).toMatchObject({
      properties: { words_more: { type: 'array', minItems: 2 } },
    })
  })

  test('what failed only as a whole stays until its new value is complete', async () => {
    const Range = z.object({ from: z.number(), to: z.number(), why: z.string() }).refine(({ from, to }) => from < to)
    const Ranges = z.object({ ranges: z.array(Range), title: z.string() })
    const right = { from: 2, to: 9, why: 'turned round' }
    const model = saying({ ranges: [{ from: 9, to: 2, why: 'x' }], title: 't' }, { ranges_0: right })
    const stream = runStream('q', Ranges, { model, onInvalid: 'patch' })
    const { items } = await drain(stream.streamSnapshots())
    const shown = items.filter(({ attempt }) => attempt === 2).map(({ value }) => value.ranges?.[0])
    expect([...new Set(shown)]).toHaveLength(1 + Number(shown[0]?.from === 9))
    expect(shown.at(-1)).toEqual(right)
    expect(await stream.getData()).toEqual({ ranges: [right], title: 't' })
  })

  test('a refinement that names a path asks for that path', async () => {
    const Range = z.object({ from: z.number(), to: z.number() }).refine(({ from, to }) => from < to, { path: ['to'] })
    const model = saying({ from: 9, to: 2 }, { to: 12 })
    expect(await runStream('q', Range, { model, onInvalid: 'patch' }).getData()).toEqual({ from: 9, to: 12 })
  })

  test('a wrong discriminator asks for the whole option', async () => {
    const model = saying(
      broken((data) => (data.payment.method = 'cheque')),
      { payment: { method: 'cash', receivedBy: 'Kai' } },
    )
    const stream = runStream('Read it', Invoice, { model, onInvalid: 'patch' })
    expect(await stream.getData()).toEqual({ ...sample, payment: { method: 'cash', receivedBy: 'Kai' } })
  })

  test('After one patch that failed, the whole answer is asked for, and that may be patched again', async () => {
    const wrong = broken((data) => delete data.total)
    const model = saying(wrong, { total: 'a lot' }, wrong, { total: 5 })
    const stream = runStream('Read it', Invoice, { model, onInvalid: 'patch', maxAttempts: 4 })
    const { data, attempts } = await stream.getResult()
    expect(data).toEqual({ ...sample, total: 5 })
    expect(attempts.map(({ kind }) => kind)).toEqual(['first', 'patch', 'restart', 'patch'])
  })

  test('The error of a patch that failed names what was asked and what came', async () => {
    const wrong = broken((data) => delete data.total)
    const model = saying(wrong, { total: 'a lot' })
    const stream = runStream('Read it', Invoice, { model, onInvalid: 'patch', maxAttempts: 2 })
    await expect(stream.getData()).rejects.toMatchObject({
      code: 'invalid_data',
      issues: [{ path: ['total'], value: 'a lot' }],
      message: expect.stringMatching(/total: .*Asked for the parts "total", got \{"total":"a lot"\}$/),
    })
  })

  test.each([
    ['no JSON', 'No.'],
    ['another root', '[1, 2]'],
  ])('%s is restarted', async (_, first) => {
    const model = saying(first, sample)
    const result = await runStream('Read it', Invoice, { model, onInvalid: 'patch' }).getResult()
    expect(result.data).toEqual(sample)
    expect(result.attempts.map(({ kind }) => kind)).toEqual(['first', 'restart'])
  })

  test('transforms and defaults run over what was repaired', async () => {
    const Schema = z.object({
      day: z.object({ date: z.iso.date().transform((text) => new Date(text)), label: z.string().default('none') }),
      tags: z.array(z.string().transform((tag) => tag.toUpperCase())),
    })
    const model = saying({ day: { date: 'soon' }, tags: ['a', 2, 'c'] }, { day_date: '2024-02-29', tags_1: 'b' })
    const stream = runStream('q', Schema, { model, onInvalid: 'patch' })
    const partials = await drain(stream.streamPartial())
    const expected = { day: { date: new Date('2024-02-29'), label: 'none' }, tags: ['A', 'B', 'C'] }
    expect(await stream.getData()).toEqual(expected)
    expect(partials.items.at(-1)).toEqual(expected)
  })

  test('a late consumer of events hears the same', async () => {
    const wrong = broken((data) => {
      data.lines[1].quantity = 'twelve'
      delete data.total
    })
    const model = () => saying(wrong, { lines_1_quantity: 12, total: sample.total })
    const early = runStream('Read it', Invoice, { model: model(), onInvalid: 'patch' })
    const late = runStream('Read it', Invoice, { model: model(), onInvalid: 'patch' })
    const heard = await drain(early.streamEvents())
    await late.getData()
    const told = await drain(late.streamEvents())
    expect(told.items).toEqual(heard.items)
    const completed = heard.items.flatMap((event) =>
      event.type === 'value-complete' && event.attempt === 2 ? [event.path] : [],
    )
    expect(completed).toEqual([['lines', 1, 'quantity'], ['lines', 1], ['lines'], ['total'], []])
  })

  test('streamField gives a text that was missing as it comes, and one that was there once', async () => {
    const wrong = broken((data) => {
      data.seller.name = 7
      delete data.total
    })
    const model = saying(wrong, { seller_name: sample.seller.name, total: sample.total })
    const stream = runStream('Read it', Invoice, { model, onInvalid: 'patch', repair: false })
    const [mended, there] = await Promise.all([
      drain(stream.streamField(['seller', 'name'])),
      drain(stream.streamField(['seller', 'city'])),
    ])
    expect(mended.items.join('')).toBe(sample.seller.name)
    expect(mended.items.length).toBeGreaterThan(2)
    expect(there.items.join('')).toBe(sample.seller.city)
    const late = await drain(stream.streamField(['seller', 'name']))
    expect(late.items.join('')).toBe(sample.seller.name)
  })

  test('a patch that is cut is asked for again, for what it did not bring', async () => {
    const wrong = broken((data) => {
      delete data.total
      delete data.number
    })
    const answer = JSON.stringify({ number: sample.number, total: sample.total })
    const model = keeping({
      responses: [wrong, answer, { total: sample.total }],
      faults: [undefined, { cutAt: answer.indexOf('"total"') + 3 }],
    })
    const options = { model, onInvalid: 'patch', recover: true } as const
    const stream = runAtOnce('Read it', Invoice, options)
    const { items } = await drain(stream.streamEvents())
    expect(await stream.getData()).toEqual(sample)
    expect(items.flatMap((event) => (event.type === 'patch' ? [event.paths] : []))).toEqual([
      [['number'], ['total']],
      [['total']],
    ])
    const given = items.flatMap((event) => (event.type === 'value-complete' ? [event.path.join('.')] : []))
    expect(given.filter((path) => path === 'number')).toHaveLength(1)
  })

  test('after a recovery, too', async () => {
    const wrong = JSON.stringify(broken((data) => (data.lines[0].quantity = 'many')))
    const model = keeping({
      responses: [wrong, { rest_note: '', more: {} }, { lines_0_quantity: 24 }],
      faults: [{ cutAt: wrong.length - 2 }],
    })
    const stream = runAtOnce('Read it', Invoice, { model, onInvalid: 'patch', recover: true, repair: false })
    const { attempts, data } = await stream.getResult()
    expect(data).toEqual(sample)
    expect(attempts.map(({ kind }) => kind)).toEqual(['first', 'recover', 'patch'])
  })
})
