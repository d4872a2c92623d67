import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import type { ModelRequest } from '../../../../src/models/model.ts'
import { simulate, type SimulatedFaults } from '../../../../src/models/simulate/index.ts'
import type { StructuredStream } from '../../../../src/stream/structured-stream.ts'
import type { Path } from '../../../../src/types.ts'
import { StreamStore, type FieldStatus } from '../../../../src/web/client/index.ts'
import { toResponse } from '../../../../src/web/server/index.ts'
import { everyPlace, valueAt } from '../../../partial/reference.ts'
import { someCase, somethingWrong } from '../../../stream/driver/heal/cases.ts'
import { property, runSize, type Choices } from '../../../support/property.ts'
import { runAtOnce } from '../../../support/run-at-once.ts'
import { askedFor, trueAnswer } from '../../../../src/models/simulate/true-answer.ts'

z.config({ jitless: true }) // schemas that are used once

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Turns of the event loop until a frame comes. */
let frameLength = 1
const { requestAnimationFrame, cancelAnimationFrame } = globalThis
beforeAll(() => {
  const waiting = new Set<number>()
  let last = 0
  globalThis.requestAnimationFrame = (callback) => {
    const id = ++last
    waiting.add(id)
    void (async () => {
      for (let turns = frameLength; turns > 0; turns--) await turn()
      if (waiting.delete(id)) callback(0)
    })()
    return id
  }
  globalThis.cancelAnimationFrame = (id) => void waiting.delete(id)
})
afterAll(() => void Object.assign(globalThis, { requestAnimationFrame, cancelAnimationFrame }))

/** A place's state, as the handle has it. */
function stateOf(stream: StructuredStream<unknown>, path: Path): FieldStatus {
  const isIn = (place: Path): boolean => path.every((key, index) => String(key) === String(place[index]))
  if (stream.issues.some((issue) => isIn(issue.path))) return 'invalid'
  if (valueAt(stream.partial, path) === undefined) return 'absent'
  return stream.isComplete(path) ? 'complete' : 'open'
}

/** A fault, or none. */
function someFaults(choices: Choices, length: number): SimulatedFaults {
  const at = choices.below(length + 1)
  return choices.pick([
    {},
    { cutAt: at },
    { errorAt: at },
    { finish: 'length', finishAt: at },
    { refuse: 'No.' },
  ] as const)
}

test('after the end, the state of every field agrees with the handle', async () => {
  const size = runSize('LAWS', 12)
  const ends = new Set<string>()
  await property(size, async (choices) => {
    const it = await someCase(choices)
    const text = (choices.chance(40) && somethingWrong(it, choices)?.text) || JSON.stringify(it.document)
    const policy = choices.pick([
      {},
      { onInvalid: 'patch' },
      { onInvalid: 'abort' },
      { onInvalid: 'restart' },
      { recover: true },
    ] as const)
    let calls = 0
    const model = simulate({
      response: (request: ModelRequest) => (calls++ === 0 ? text : trueAnswer(it.document, askedFor(request))),
      chunkSize: [1, 6],
      seed: choices.below(1000),
      faults: [someFaults(choices, text.length)],
    })
    const pauses = [0, 0, 1, 3]
    const slow = {
      ...model,
      async *stream(...args: Parameters<typeof model.stream>) {
        for await (const event of model.stream(...args)) {
          for (let turns = choices.pick(pauses); turns > 0; turns--) await turn()
          yield event
        }
      },
    }
    frameLength = 1 + choices.below(6)
    let after = choices.chance(25) ? choices.below(40) : Infinity
    const store = new StreamStore<z.ZodType>({
      schema: it.schema,
      api: () =>
        toResponse(runAtOnce('q', it.schema, { model: slow, maxAttempts: 2, ...policy }), { onError: () => {} }),
    })
    const stream = store.submit()
    const isOver = (): boolean => ['done', 'failed', 'stopped'].includes(store.getState().status)
    while (!isOver()) {
      await turn()
      if (after-- === 0) store.stop()
    }
    const state = store.getState()
    ends.add(state.status)
    expect(state.partial).toEqual(stream.partial)
    expect(state.issues).toEqual(stream.issues)
    const places = [...everyPlace(it.document), ...everyPlace(stream.partial)].map(([path]) => path)
    for (const path of [[], ...places]) {
      expect([path, store.field(path).state], text).toEqual([path, stateOf(stream, path)])
    }
    store.leave()
  })
  expect(ends.size).toBeGreaterThan(1)
})
