import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { StructStreamError } from '../../src/errors.ts'
import { openai } from '../../src/models/openai/index.ts'
import { ManyRuns, runMany } from '../../src/run-many.ts'
import { startProviderServer, type Faults } from '../../src/testing/index.ts'
import { until } from '../web/loopback.ts'
import { ask, Doubled, doubling, virtualClock } from './doubling.ts'

const count = Number(process.env['SOAK_CASES'] ?? 10_000)

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

/** Bytes in use, after garbage was collected. */
async function heap(): Promise<number> {
  for (let turn = 0; turn < 3; turn++) {
    await new Promise(setImmediate)
    gc()
  }
  return process.memoryUsage().heapUsed
}

function* upTo(end: number): Generator<number> {
  for (let n = 0; n < end; n++) yield n
}

test(`${count} items with 30 % faults: memory doesn’t grow with what was done`, async () => {
  const failed = new Set<number>()
  const { model, seen } = doubling({
    start: () => void (seen.asked.length = 0),
    fail: (n) => {
      if (n % 10 >= 3 || failed.delete(n)) return undefined
      failed.add(n)
      return new StructStreamError('connection_lost', 'a fault')
    },
  })
  const many = new ManyRuns<number>(upTo(2 * count), ask(model) as never, { concurrency: 50 }, virtualClock())
  let done = 0
  let half = 0
  for await (const { ok } of many) {
    expect(ok).toBe(true)
    if (++done === count) half = await heap()
  }
  const grown = (await heap()) - half
  console.log(`${2 * count} items: ${Math.round((grown / count) * 10) / 10} bytes an item in the second half`)
  expect(await many.summary()).toMatchObject({ total: 2 * count, done: 2 * count, failed: 0, attempts: 2.6 * count })
  expect(seen.open).toBe(0)
  // An item's key is kept, so that it can't come twice.
  expect(grown).toBeLessThan(500_000 + 100 * count)
})

test(`${count} items over sockets with 30 % faults: each is done once, refusals are final, and no socket is left`, async () => {
  const faults: Faults[] = [{ status: 503 }, { resetAtByte: 300 }, { dropAtByte: 400 }]
  const asked = new Uint16Array(count)
  await using server = await startProviderServer({
    respond: ({ body }) => {
      const n = Number((body['messages'] as { content: string }[]).at(-1)!.content)
      const times = ++asked[n]!
      if (n % 100 === 99) return { refusal: 'no' }
      return { data: { twice: 2 * n }, ...(n % 10 < 3 && times === 1 && { faults: faults[n % 3]! }) }
    },
  })
  const model = openai('m', { api: 'chat', apiKey: 'test', baseURL: server.openaiBaseURL, maxRetries: 0 })
  const run = (n: number) => ({ prompt: String(n), schema: Doubled, model })
  const many = runMany(upTo(count), run, { concurrency: 32, retry: { attempts: 3, minDelay: 1, maxDelay: 10 } })
  const ended = new Uint8Array(count)
  const wrong: unknown[] = []
  for await (const { item, ...outcome } of many) {
    ended[item]!++
    const isRight = outcome.ok ? outcome.result.data.twice === 2 * item : outcome.error.code === 'refused'
    if (!isRight || outcome.ok === (item % 100 === 99)) wrong.push(outcome)
  }
  expect(wrong).toEqual([])
  expect(ended.every((times) => times === 1)).toBe(true)
  expect(asked.every((times, n) => times === (n % 10 < 3 ? 2 : 1))).toBe(true)
  const { done, failed, attempts, duration } = await many.summary()
  console.log(`${done} done, ${failed} refused, ${attempts} runs, ${Math.round(duration / 1_000)} s`)
  await until(() => server.openSockets === 0)
  expect(server.openSockets).toBe(0)
})
