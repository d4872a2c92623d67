import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { ModelRequest } from '../../../src/models/model.ts'
import { simulate, type SimulateOptions } from '../../../src/models/simulate/index.ts'
import type { RunOptions } from '../../../src/stream/types.ts'
import { connect } from '../../../src/web/client/index.ts'
import { toResponse } from '../../../src/web/server/index.ts'
import { everyPlace } from '../../partial/reference.ts'
import { someCase, somethingWrong, type Case } from '../../stream/driver/heal/cases.ts'
import { property, runSize } from '../../support/property.ts'
import { askedFor, trueAnswer } from '../../../src/models/simulate/true-answer.ts'
import { isAnswerable } from '../../support/right-model.ts'
import { runAtOnce } from '../../support/run-at-once.ts'
import { inStep } from '../in-step.ts'

z.config({ jitless: true }) // schemas that are used once

const SIZE = runSize('LAWS', 20)
let inParts = 0

/** Both ends show the same after each delta, and end in the same. */
async function expectSame(it: Case, first: string, answers: SimulateOptions, options: RunOptions): Promise<void> {
  const places = [...everyPlace(it.document)].map(([path]) => path)
  const step = inStep<z.ZodType>(simulate(answers), ({ here, there }) => {
    if (there.issues.length > 0 || here.issues.length > 0) {
      expect(there.issues, first).toEqual(here.issues)
    }
    expect(there.partial, first).toEqual(here.partial)
    for (const path of places) expect([path, there.isComplete(path)]).toEqual([path, here.isComplete(path)])
  })
  const here = runAtOnce('q', it.schema, { ...options, model: step.model })
  const there = connect(toResponse(here), it.schema)
  step.watch({ here, there })
  const [one, other] = await Promise.all([here, there].map((end) => end.getResult().catch((error: unknown) => error)))
  if (step.failure !== undefined) throw new Error(`${it.source}\n${first}\n${step.failure.message}`)
  const outcome = (end: unknown) => (end instanceof Error ? { message: end.message } : (end as { data: unknown }).data)
  expect(outcome(other), `${it.source}\n${first}`).toEqual(outcome(one))
  if (
    !(one instanceof Error) &&
    (one as { attempts: { kind: string }[] }).attempts.some(({ kind }) => kind === 'recover' || kind === 'patch')
  )
    inParts++
}

describe('while an answer heals, the page shows what the server has', () => {
  test('for any cut', async () => {
    inParts = 0
    await property(SIZE, async (choices) => {
      const it = await someCase(choices)
      const text = JSON.stringify(it.document)
      const cutAt = choices.below(text.length + 1)
      const answers = {
        response: (request: ModelRequest) => trueAnswer(it.document, askedFor(request)),
        faults: [{ cutAt }],
        chunkSize: [1, 6] as const,
        seed: choices.below(1000),
      }
      await expectSame(it, text.slice(0, cutAt), answers, { recover: true, repair: choices.chance(50), maxAttempts: 2 })
    })
    expect(inParts).toBeGreaterThan(SIZE.cases * 0.4)
  })

  test('for any wrong value', async () => {
    inParts = 0
    await property(SIZE, async (choices) => {
      const it = await someCase(choices)
      const broken = somethingWrong(it, choices)
      if (broken === undefined) return
      const { text } = broken
      let calls = 0
      let isRight = true
      const answers = {
        response: (request: ModelRequest) => {
          isRight &&= isAnswerable(request, it.document)
          return calls++ === 0 ? text : isRight ? trueAnswer(it.document, askedFor(request)) : '{}'
        },
        chunkSize: [1, 6] as const,
        seed: choices.below(1000),
      }
      await expectSame(it, text, answers, { onInvalid: 'patch', repair: false, maxAttempts: 3 })
    })
    expect(inParts).toBeGreaterThan(SIZE.cases * 0.2)
  })
})
