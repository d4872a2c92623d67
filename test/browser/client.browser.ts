import { build } from 'esbuild'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import type { ModelRequest } from '../../src/models/model.ts'
import { simulate, type SimulateOptions } from '../../src/models/simulate/index.ts'
import { runStream } from '../../src/run-stream.ts'
import type { StructuredStream } from '../../src/stream/structured-stream.ts'
import { pipeToNode } from '../../src/web/server/index.ts'
import { isBelow } from '../partial/reference.ts'
import { askedFor, trueAnswer } from '../../src/models/simulate/true-answer.ts'
import { listen, until, type Loopback } from '../web/loopback.ts'
import { launchBrowser, longestTask, type LongestTask } from './chromium.ts'

/** `npm run test:browser`: needs Debian's `chromium`, or one that the variable CHROMIUM names. */
const Table = z.object({ title: z.string(), rows: z.array(z.object({ id: z.number(), name: z.string() })) })
const tableOf = (count: number) => ({
  title: 'Rows <b>of text</b>',
  rows: Array.from({ length: count }, (_, id) => ({ id, name: `Row ${id} <img src=x onerror="window.hacked=1">` })),
})

const hello = 'data: {"type":"hello","version":1}\n\n'
const sse = { status: 200, type: 'text/event-stream' }
const badAnswers: Record<string, { status: number; type: string; body: string; code: string }> = {
  '/html': { status: 200, type: 'text/html', body: '<p>Hello', code: 'provider_error' },
  '/500': { status: 500, type: 'text/html', body: '<p>Oops', code: 'provider_error' },
  '/429': { status: 429, type: 'text/plain', body: 'Slowly', code: 'rate_limited' },
  '/version': { ...sse, body: hello.replace('1', '2'), code: 'provider_error' },
  '/half': { ...sse, body: `${hello}data: {"type":`, code: 'connection_lost' },
  '/hostile': { ...sse, body: `${hello}data: {"__proto__":{"type":"end","polluted":1}}\n\n`, code: 'provider_error' },
  '/long': { ...sse, body: `data: ${'x'.repeat(17_000_000)}`, code: 'limit_exceeded' },
}

let browser: Browser
let server: Loopback
let model: SimulateOptions = {}
let kept: StructuredStream<typeof Table> | undefined
const asked: StructuredStream<typeof Table>[] = []
let connections = 0

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: ['test/browser/page.tsx'],
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    external: ['effect', '@cfworker/json-schema', 'zod-to-json-schema', '@valibot/to-json-schema'],
    outdir: '/',
    write: false,
  })
  const files = new Map(outputFiles.map(({ path, text }) => [path, text]))
  server = await listen(async (request, response) => {
    const path = request.url ?? '/'
    const script = files.get(path)
    if (script !== undefined) return response.writeHead(200, { 'content-type': 'text/javascript' }).end(script)
    if (path === '/') {
      response.writeHead(200, { 'content-type': 'text/html' })
      return response.end(
        '<!doctype html><title>Test</title><div id="root"></div><script type="module" src="/page.js"></script>',
      )
    }
    if (path === '/table') {
      const stream = runStream('x', Table, { model: simulate(model) })
      asked.push(stream)
      return await pipeToNode(stream, response)
    }
    if (path === '/cut' || path === '/kept') {
      connections++
      if (path === '/cut') kept = runStream('x', Table, { model: simulate(model), linger: 5_000 })
      if (connections < 4) setTimeout(() => response.destroy(), 120)
      const lastEventId = (request.headers['last-event-id'] as string | undefined) ?? null
      return await pipeToNode(kept!, response, { resume: '/kept', lastEventId })
    }
    if (path === '/killed') {
      setTimeout(() => response.destroy(), 100)
      return await pipeToNode(runStream('x', Table, { model: simulate(model) }), response)
    }
    if (path === '/healing') {
      const text = JSON.stringify(tableOf(60))
      const healing = simulate({
        responses: [text, (asked: ModelRequest) => trueAnswer(tableOf(60), askedFor(asked))],
        faults: [{ cutAt: text.length / 2 }, undefined],
        chunkSize: 9,
        delayMs: 2,
      })
      return await pipeToNode(runStream('x', Table, { model: healing, recover: true }), response)
    }
    const bad = badAnswers[path]
    if (bad !== undefined) return response.writeHead(bad.status, { 'content-type': bad.type }).end(bad.body)
    return response.writeHead(404).end()
  })
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
})

async function open() {
  const page = await browser.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  await page.goto(server.url)
  await page.getByRole('button', { name: 'Start' }).waitFor()
  return { page, errors }
}

/** What a page gives for `follow(url)`. */
interface Followed {
  partials: unknown[]
  data?: unknown
  code?: string
}

test('the partials in the page obey the laws, and the data are the server’s', async () => {
  model = { response: tableOf(60), chunkSize: [1, 9], delayMs: 1 }
  const { page, errors } = await open()
  const { partials, data } = (await page.evaluate('follow("/table")')) as Followed
  expect(data).toEqual(tableOf(60))
  expect(partials.at(-1)).toEqual(tableOf(60))
  expect(partials.length).toBeGreaterThan(30)
  for (const [index, one] of partials.entries()) expect(isBelow(partials[index - 1], one)).toBe(true)
  expect(errors).toEqual([])
  await page.close()
})

test('a killed connection continues where the server can, and fails visibly where it cannot', async () => {
  model = { response: tableOf(80), chunkSize: 4, delayMs: 1 }
  const { page } = await open()
  expect((await page.evaluate<Followed>('follow("/cut")')).data).toEqual(tableOf(80))
  expect(connections).toBeGreaterThan(3)
  expect(await page.evaluate('follow("/killed")')).toMatchObject({ code: 'connection_lost' })
  expect(await page.evaluate('follow("/nowhere")')).toMatchObject({ code: 'provider_error', partials: [] })
  await page.close()
})

test('what a server can get wrong is reported by a code, and a URL that is none, too', async () => {
  const { page, errors } = await open()
  const wrong = Object.entries(badAnswers).map(([path, { code }]) => [path, code])
  for (const [path, code] of [...wrong, ['/nowhere', 'provider_error'], ['http://', 'bad_options']])
    expect([path, await page.evaluate(`follow(${JSON.stringify(path)})`)]).toEqual([path, { partials: [], code }])
  expect(await page.evaluate('({}).polluted')).toBeUndefined()
  expect(errors).toEqual([])
  await page.close()
})

test('an answer that heals on the server continues growing in the page', async () => {
  const { page } = await open()
  const { partials, data } = await page.evaluate<Followed>('follow("/healing")')
  expect(data).toEqual(tableOf(60))
  for (const [index, one] of partials.entries()) expect(isBelow(partials[index - 1], one)).toBe(true)
  // It was cut in the middle, and the rest does not come at once.
  const counts = new Set(partials.map((one) => (one as Partial<z.infer<typeof Table>>).rows?.length ?? 0))
  expect([...counts].filter((count) => count > 35 && count < 60).length).toBeGreaterThan(5)
  await page.close()
})

test('stop stops the model, and so do unmounting, asking again and closing the tab', async () => {
  model = { response: tableOf(500), chunkSize: 4, delayMs: 5 }
  const { page } = await open()
  const press = (name: string) => page.getByRole('button', { name }).click()
  const leave = { stop: () => press('Stop'), submit: () => press('Start'), unmount: () => press('Unmount') }
  for (const act of [leave.stop, leave.submit, leave.unmount, () => page.close()]) {
    if (act !== leave.unmount) {
      if ((await page.getByRole('button', { name: 'Start' }).count()) === 0) await page.reload()
      await press('Start')
    }
    await page.locator('li.complete').first().waitFor()
    const running = asked.at(-1)!
    expect(running.status).toBe('streaming')
    await act()
    await until(() => running.status === 'failed')
    await expect(running.getData()).rejects.toMatchObject({ code: 'aborted' })
    // The next one is on its way.
    if (act === leave.submit) await until(() => asked.at(-1) !== running)
    else expect(asked.at(-1)).toBe(running)
  }
})

test('10,000 rows at 100 updates a second: no long task, a render a frame, and no text becomes HTML', async () => {
  const table = tableOf(10_000)
  model = { response: table, chunkSize: 1_000, delayMs: 10 }
  const tasks: LongestTask[] = []
  // What we do takes as long each time; what a busy machine adds does not.
  while (tasks.length < 3 && !tasks.some(({ cpu }) => cpu < 50)) {
    const { page, errors } = await open()
    await page.evaluate('Object.assign(counts, { longTasks: [], renders: 0, frames: 0 })')
    const task = await longestTask(page, async () => {
      await page.getByRole('button', { name: 'Start' }).click()
      await page.locator('output', { hasText: 'done' }).waitFor({ timeout: 60_000 })
    })
    tasks.push(task)
    const { longTasks, renders, frames } = (await page.evaluate('counts')) as Record<string, number> & {
      longTasks: number[]
    }
    expect(await page.locator('b').first().textContent()).toBe('10000')
    expect(await page.locator('li').last().textContent()).toBe(table.rows.at(-1)!.name)
    expect(await page.locator('img').count()).toBe(0)
    expect(await page.evaluate('globalThis.hacked')).toBeUndefined()
    // One more for the click, and one for the end.
    expect(renders).toBeLessThanOrEqual(frames! + 2)
    expect(errors).toEqual([])
    console.log(
      `longest task: ${task.cpu.toFixed(1)} ms of the processor, ${task.wall.toFixed(1)} ms by the clock; ` +
        `long tasks by the clock: ${longTasks.join(', ') || 'none'}; ${renders} renders in ${frames} frames`,
    )
    await page.close()
  }
  expect(Math.min(...tasks.map(({ cpu }) => cpu))).toBeLessThan(50)
})
