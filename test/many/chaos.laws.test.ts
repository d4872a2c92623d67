import { fork } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { StructStreamError } from '../../src/errors.ts'
import type { CheckpointEntry } from '../../src/many/types.ts'
import { ManyRuns } from '../../src/run-many.ts'
import { ask, doubling, numbers, virtualClock } from './doubling.ts'

const isLong = process.env['LAWS_CASES'] !== undefined
const COUNT = isLong ? 10_000 : 500
const KILLS = isLong ? 20 : 2

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'structstream-many-'))
  file = join(folder, 'out.jsonl')
})
afterEach(() => rm(folder, { recursive: true }))

test(`${COUNT} items of which 30 % fail at first: each is done, none is asked for again after it was`, async () => {
  const count = COUNT
  const tries = new Uint8Array(count)
  const done = new Uint8Array(count)
  const againAfterDone: number[] = []
  const { model, seen } = doubling({
    fail: (n) => {
      if (done[n] !== 0) againAfterDone.push(n)
      tries[n]!++
      if (n % 10 >= 3 || tries[n]! > 1) return undefined
      const code = (['connection_lost', 'rate_limited', 'timeout'] as const)[n % 3]!
      return new StructStreamError(code, 'a fault')
    },
  })
  const many = new ManyRuns<number>(numbers(count), ask(model) as never, { concurrency: 50 }, virtualClock())
  for await (const { index, ok } of many) {
    done[index]! += ok ? 1 : 100
  }
  expect(done.every((times) => times === 1)).toBe(true)
  expect(againAfterDone).toEqual([])
  expect(await many.summary()).toMatchObject({ total: count, done: count, failed: 0, attempts: 1.3 * count })
  expect(seen.open).toBe(0)
})

test(
  `killed at ${KILLS} random moments: nothing that was yielded is asked again, and at most one a worker is asked twice`,
  async () => {
    const log = join(folder, 'log')
    await writeFile(log, '')
    const count = isLong ? COUNT : 120
    const concurrency = 4
    const start = () =>
      fork(join(import.meta.dirname, 'fixtures/worker.mjs'), [file, log, String(count), String(concurrency)], {
        execArgv: ['--import', 'tsx'],
      })
    const lines = async () => (await readFile(log, 'utf8')).split('\n').filter((line) => line !== '')
    let random = 7
    for (let kill = 0; kill < KILLS; kill++) {
      const child = start()
      random = (random * 16807) % 2147483647
      let left = 1 + (random % (isLong ? 900 : 5))
      await new Promise<void>((resolve) => {
        child.on('message', () => {
          if (--left === 0) child.kill('SIGKILL')
        })
        child.on('exit', () => resolve())
      })
      await appendFile(log, 'killed\n')
    }
    const last = start()
    await once(last, 'exit')
    expect(last.exitCode).toBe(0)
    const events = await lines()
    const finished = new Set<string>()
    const asked = new Map<string, number>()
    const againAfterYield: string[] = []
    for (const line of events) {
      const [what, key] = line.split(' ') as [string, string]
      if (what === 'asked') {
        if (finished.has(key)) againAfterYield.push(key)
        asked.set(key, (asked.get(key) ?? 0) + 1)
      } else if (what === 'yielded') finished.add(key)
    }
    expect(againAfterYield).toEqual([])
    expect(finished.size).toBe(count)
    const twice = [...asked.values()].reduce((sum, times) => sum + times - 1, 0)
    expect(twice).toBeLessThanOrEqual(KILLS * concurrency)
    const keys = (await readFile(file, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as CheckpointEntry).key)
    expect(keys.toSorted()).toEqual(Array.from({ length: count }, (_, index) => String(index)).toSorted())
  },
  isLong ? 0 : 60_000,
)
