import { getEventListeners } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { createSession, tool } from '../src/index.ts'
import { simulate } from '../src/models/simulate/index.ts'

const sessions = Number(process.env['SOAK_CASES'] ?? 10_000)

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

/** Bytes in use, after garbage was collected. */
async function heap(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setImmediate(resolve))
    gc()
  }
  return process.memoryUsage().heapUsed
}

const Answer = z.object({ umbrella: z.boolean() })
const weather = tool({
  name: 'weather',
  input: z.object({ city: z.string() }),
  execute: ({ city }) => ({ city, rain: true }),
})
const controller = new AbortController()

async function conversation(): Promise<void> {
  const model = simulate({
    responses: [{ toolCalls: [{ name: 'weather', arguments: { city: 'Oslo' } }] }, { umbrella: true }, 'Rain.', 'Yes.'],
  })
  const session = createSession({ model, tools: [weather], signal: controller.signal, timeout: 60_000 })
  await session.run('Umbrella?', Answer)
  for await (const chunk of session.runStream('Why?')) if (chunk.isFinal) expect(chunk.sessionId).toBe(session.id)
  await session.runStream('Sure?').getData()
  expect(session.messages).toHaveLength(8)
}

test(`${sessions} sessions of three turns: no leak`, async () => {
  const warm = Math.min(1_000, sessions)
  for (let i = 0; i < warm; i++) await conversation()
  const before = await heap()
  const handles = process.getActiveResourcesInfo().length
  for (let i = 0; i < sessions; i++) await conversation()
  const grown = (await heap()) - before
  console.log(`${sessions} sessions: ${grown} bytes grown`)
  expect(grown).toBeLessThan(200_000 + 20 * sessions)
  expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(handles)
  expect(getEventListeners(controller.signal, 'abort')).toEqual([])
})

test('one session of many turns holds its history and nothing else', async () => {
  const turns = 2_000
  const session = createSession({ model: simulate({ response: 'Yes.' }) })
  await session.run('First?')
  const before = await heap()
  for (let i = 0; i < turns; i++) await session.run('Sure?')
  const grown = (await heap()) - before
  console.log(`${turns} turns: ${Math.round(grown / turns)} bytes a turn`)
  expect(session.messages).toHaveLength(2 * (turns + 1))
  // Two small objects and their slots.
  expect(grown / turns).toBeLessThan(600)
})
