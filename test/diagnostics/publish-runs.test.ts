import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { expect, test, vi } from 'vitest'
import { publishRuns } from '../../src/diagnostics/index.ts'
import { simulate } from '../../src/models/simulate/index.ts'
import { runStream } from '../../src/run-stream.ts'

test('a run is published from its start to its end', async () => {
  const seen: string[] = []
  const listeners = ['start', 'event', 'end'].map((name) => {
    const listener = (message: unknown): void => void seen.push(`${name} ${Object.keys(message as object).join()}`)
    subscribe(`structstream:run:${name}`, listener)
    return [`structstream:run:${name}`, listener] as const
  })
  await runStream('x', undefined, { model: simulate({ response: 'Hi.' }), observe: publishRuns() }).getData()
  for (const [name, listener] of listeners) unsubscribe(name, listener)
  expect(seen[0]).toBe('start run')
  expect(seen).toContain('event run,event')
  expect(seen.at(-1)).toBe('end run,outcome')
})

test('where the runtime has no channels nothing is published, and runs are as ever', async () => {
  vi.stubGlobal('process', undefined)
  const observe = publishRuns()
  vi.unstubAllGlobals()
  const stream = runStream('x', undefined, { model: simulate({ response: 'Hi.' }), observe })
  expect(await stream.getData()).toBe('Hi.')
})
