import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import { jsonSchema, runStream } from '../../../../src/index.ts'
import { simulate } from '../../../../src/models/simulate/index.ts'
import { drain } from '../../scripted.ts'
import { saying } from './saying.ts'

const Movie = z.object({ title: z.string(), year: z.int(), tags: z.array(z.string()) })
const good = { title: 'Solaris', year: 1972, tags: ['slow'] }

describe('restart', () => {
  test('asks again, telling what was wrong', async () => {
    const model = saying({ ...good, year: 'nineteen', tags: 'none' }, good)
    const stream = runStream('A film', Movie, { model, onInvalid: 'restart' })
    const [events, snapshots] = await Promise.all([drain(stream.streamEvents()), drain(stream.streamSnapshots())])
    expect(await stream.getData()).toEqual(good)

    const [first, second] = model.requests
    expect(second!.messages.slice(0, 1)).toEqual(first!.messages)
    const [said, told] = second!.messages.slice(1)
    expect(said).toMatchObject({ role: 'assistant' })
    expect(said!.content).toMatch(/^\{"title":"Solaris","year":"/)
    expect(told).toMatchObject({ role: 'user' })
    expect(told!.content).toMatch(/At \/year: .*expected.*received string/)
    expect(second!.format).toEqual(first!.format)

    const types = events.items.map(({ type, attempt }) => `${type} ${attempt}`)
    expect(types.indexOf('restart 2')).toBeGreaterThan(types.indexOf('issue 1'))
    expect(types.indexOf('attempt-start 2')).toBeGreaterThan(types.indexOf('restart 2'))
    expect(events.items.find(({ type }) => type === 'restart')).toMatchObject({ issues: [{ path: ['year'] }] })
    expect([...new Set(snapshots.items.map(({ attempt }) => attempt))]).toEqual([1, 2])
    expect(snapshots.items.at(-1)).toMatchObject({ value: good, isFinal: true, attempt: 2 })
  })

  test('stops the broken answer at its first certain violation', async () => {
    const model = saying({ ...good, year: 'nineteen', more: 'x'.repeat(10_000) }, good)
    const { attempts, text, messages } = await runStream('A film', Movie, { model, onInvalid: 'restart' }).getResult()
    expect(attempts.map(({ kind, error }) => [kind, error])).toEqual([
      ['first', 'invalid_data'],
      ['restart', undefined],
    ])
    expect(model.requests[1]!.messages[1]!.content.length).toBeLessThan(60)
    expect(text).toBe(JSON.stringify(good))
    expect(messages).toEqual([
      { role: 'user', content: 'A film' },
      { role: 'assistant', content: text },
    ])
  })

  test('the result adds up usage and lists the attempts with their issues', async () => {
    const late = { ...good, tags: [] }
    // A validator of the caller's judges at the end, when the usage is there.
    const validator = Movie.refine(({ tags }) => tags.length > 0, { path: ['tags'], message: 'no tags' })
    const Tagged = jsonSchema({ type: 'object' }, { validator })
    const result = await runStream('A film', Tagged, { model: saying(late, good), onInvalid: 'restart' }).getResult()
    const outputs = result.attempts.map(({ usage }) => usage?.outputTokens ?? 0)
    expect(outputs.every((count) => count > 0)).toBe(true)
    expect(result.usage.outputTokens).toBe(outputs.reduce((a, b) => a + b, 0))
    expect(result.attempts[0]).toMatchObject({ kind: 'first', model: 'simulate', issues: [{ message: 'no tags' }] })
    expect(result.attempts.every(({ duration }) => duration >= 0)).toBe(true)
  })

  test.each([
    ['no JSON', 'I would rather not say'],
    ['malformed JSON', '{"title": "a", "year": ]'],
    ['JSON that does not end', '{"title": "a", "year": 1'],
  ])('%s is asked for again', async (_, broken) => {
    const model = saying(broken, good)
    expect(await runStream('A film', Movie, { model, onInvalid: 'restart' }).getData()).toEqual(good)
    expect(model.requests).toHaveLength(2)
  })

  test('gives up after maxAttempts, with the last error and all attempts', async () => {
    const model = saying({ ...good, year: 'x' })
    const failed = runStream('A film', Movie, { model, onInvalid: 'restart', maxAttempts: 4 }).getData()
    const error = await failed.catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'invalid_data', issues: [{ path: ['year'] }] })
    expect((error as { attempts: unknown[] }).attempts).toHaveLength(4)
    expect(model.requests).toHaveLength(4)
  })

  test('an empty answer is not a message', async () => {
    const model = saying('', good)
    expect(await runStream('A film', Movie, { model, onInvalid: 'restart' }).getData()).toEqual(good)
    expect(model.requests[1]!.messages.map(({ role }) => role)).toEqual(['user', 'user'])
  })

  test('what the schema itself throws is not the fault of the model', async () => {
    const cause = new Error('mine')
    const Broken = Movie.refine(() => {
      throw cause
    })
    const model = saying(good)
    await expect(runStream('A film', Broken, { model, onInvalid: 'restart' }).getData()).rejects.toMatchObject({
      cause,
    })
    expect(model.requests).toHaveLength(1)
  })

  test('elements begin again', async () => {
    const List = z.array(z.object({ n: z.number() }))
    const model = saying([{ n: 1 }, { n: 2 }, { n: 'three' }], [{ n: 1 }, { n: 2 }, { n: 3 }])
    const stream = runStream('List', List, { model, onInvalid: 'restart' })
    const { items, error } = await drain(stream.streamElements())
    expect(error).toBeUndefined()
    expect(items.map(({ n }) => n)).toEqual([1, 2, 1, 2, 3])
  })

  test('a refusal is not argued with', async () => {
    const model = simulate({ faults: { refuse: 'I cannot' } })
    await expect(runStream('A film', Movie, { model, onInvalid: 'restart' }).getData()).rejects.toMatchObject({
      code: 'refused',
      attempts: [{ attempt: 1 }],
    })
  })
})
