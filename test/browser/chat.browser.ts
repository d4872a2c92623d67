import { build } from 'esbuild'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import type { ModelRequest } from '../../src/models/model.ts'
import { simulate, type SimulateOptions } from '../../src/models/simulate/index.ts'
import { runStream } from '../../src/run-stream.ts'
import type { RunOptions } from '../../src/stream/types.ts'
import type { Message } from '../../src/types.ts'
import { fromUiMessages, pipeToNode, type UiMessageInput } from '../../src/web/server/index.ts'
import { isBelow } from '../partial/reference.ts'
import { askedFor, trueAnswer } from '../../src/models/simulate/true-answer.ts'
import { listen, type Loopback } from '../web/loopback.ts'
import { launchBrowser } from './chromium.ts'

/** `useChat` of the AI SDK, unchanged, reads our `ui-message` in Chromium. */
const Film = z.object({ title: z.string(), year: z.int(), cast: z.array(z.string()) })
const film = { title: 'The Thing', year: 1982, cast: ['Kurt Russell', 'Keith David', 'Wilford Brimley'] }
const wrong = { ...film, title: 'Wrong', year: 'soon' }
const routes: Record<string, { model: SimulateOptions; options?: Partial<RunOptions>; answerText?: 'none' }> = {
  '/good': { model: { response: film, chunkSize: 3, delayMs: 3 } },
  '/data': { model: { response: film, chunkSize: 3, delayMs: 3 }, answerText: 'none' },
  '/restart': { model: { responses: [wrong, film], chunkSize: 3, delayMs: 3 }, options: { onInvalid: 'restart' } },
  '/patch': {
    model: {
      response: (request: ModelRequest) =>
        request.messages.length > 1 ? trueAnswer(film, askedFor(request)) : { ...film, year: 'soon' },
      chunkSize: 3,
      delayMs: 3,
    },
    options: { onInvalid: 'patch' },
  },
  '/cut': { model: { response: film, chunkSize: 3, delayMs: 3, faults: { finish: 'length', finishAt: 30 } } },
}

let browser: Browser
let server: Loopback
let asked: Message[] = []

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: ['test/browser/chat-page.tsx'],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    write: false,
  })
  server = await listen(async (request, response) => {
    const path = (request.url ?? '/').split('?')[0]!
    if (path === '/page.js')
      return response.writeHead(200, { 'content-type': 'text/javascript' }).end(outputFiles[0]!.text)
    const route = routes[path]
    if (route === undefined)
      return response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<!doctype html><div id="root"></div><script type="module" src="/page.js"></script>')
    let body = ''
    for await (const chunk of request) body += String(chunk)
    asked = fromUiMessages((JSON.parse(body) as { messages: UiMessageInput[] }).messages)
    const stream = runStream(asked, Film, { model: simulate(route.model), ...route.options })
    return await pipeToNode(stream, response, { format: 'ui-message', answerText: route.answerText, onError: () => {} })
  })
  browser = await launchBrowser()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
})

interface Seen {
  films: Partial<typeof film>[]
  texts: string[][]
  status: string
  error?: string
}

/** What the page of a route has shown until it was done. */
async function shown(route: string): Promise<Seen> {
  const page = await browser.newPage()
  try {
    await page.goto(`${server.url}?api=${route}`)
    await page.waitForFunction(`['ready', 'error'].includes(seen.status) && seen.texts.length > 2`)
    return await page.evaluate('seen')
  } finally {
    await page.close()
  }
}

test('useChat shows validated partials, each below the next, and the value at the end', async () => {
  const { films, texts, status } = await shown('/good')
  expect(status).toBe('ready')
  expect(films.length).toBeGreaterThan(3)
  expect(films.at(-1)).toEqual(film)
  for (const [index, partial] of films.entries()) expect(isBelow(partial, films[index + 1] ?? film)).toBe(true)
  expect(texts.at(-1)).toEqual([JSON.stringify(film)])
  expect(asked).toEqual([{ role: 'user', content: 'A film' }])
})

test('the data alone come where that is asked for', async () => {
  const { films, texts } = await shown('/data')
  expect(films.at(-1)).toEqual(film)
  expect(texts.flat()).toEqual([])
})

test.each(['/restart', '/patch'])('after %s no wrong text and no wrong value stays', async (route) => {
  const { films, texts } = await shown(route)
  expect(films.at(-1)).toEqual(film)
  expect(texts.at(-1)).toEqual([JSON.stringify(film)])
  expect(texts.flat().filter((text) => /Wrong|soon/.test(text))).toEqual([])
})

test('an error is the hook’s error', async () => {
  const { status, error } = await shown('/cut')
  expect(status).toBe('error')
  expect(error).toMatch(/^truncated: /)
})
