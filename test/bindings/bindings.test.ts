import './dom.ts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Model } from '../../src/models/model.ts'
import { runStream } from '../../src/run-stream.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { resumable } from '../../src/store/resumable.ts'
import type { RunOptions } from '../../src/stream/types.ts'
import { tool } from '../../src/tool.ts'
import { toResponse } from '../../src/web/server/index.ts'
import { scripted, says, text, type Step } from '../stream/scripted.ts'
import { until } from '../web/loopback.ts'
import type { App, Mounted, Options, Shows } from './apps/app.ts'
import { bundle } from './bundle.ts'

const Note = z.object({ title: z.string(), note: z.string() })
const note = { title: 'Bread', note: 'Flour, water, salt, and a day of time' }
const whole = says(JSON.stringify(note))

/** Frames come when a test wants them. */
let frames = new Map<number, () => void>()
const { requestAnimationFrame, cancelAnimationFrame } = globalThis
beforeAll(() => {
  let last = 0
  globalThis.requestAnimationFrame = (callback) => {
    frames.set(++last, () => callback(0))
    return last
  }
  globalThis.cancelAnimationFrame = (id) => void frames.delete(id)
})
afterAll(() => void Object.assign(globalThis, { requestAnimationFrame, cancelAnimationFrame }))

/** One frame, and what frameworks do after it. */
async function frame(): Promise<void> {
  const due = frames
  frames = new Map()
  for (const callback of due.values()) callback()
  for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setTimeout(resolve))
}

/** Frames until `isThere` holds. */
async function framesUntil(isThere: () => boolean): Promise<void> {
  while (!isThere()) await frame()
}

/** Gives the answers one after the other, the last one again and again. */
function answering(...answers: readonly (readonly Step[])[]): Model {
  let call = 0
  const models = answers.map((answer) => scripted(answer))
  return { ...models[0]!, stream: (...args) => models[Math.min(call++, models.length - 1)]!.stream(...args) }
}

const optionsFor = (model: Model, run: Partial<RunOptions> = {}): Options => ({
  schema: Note,
  api: '/notes',
  fetch: () => Promise.resolve(toResponse(runStream('p', Note, { model, ...run }), { onError: () => {} })),
})

const frameworks = ['react.tsx', 'vue.ts', 'svelte.ts', 'solid.ts', 'angular.ts']

describe.each(frameworks)('%s', (framework) => {
  let app: App
  beforeAll(async () => {
    app = await bundle(framework)
  })

  const mounted = new Set<Mounted>()
  afterEach(async () => {
    for (const page of mounted) page.unmount()
    mounted.clear()
    await frame()
    document.body.innerHTML = ''
  })

  async function mount(options: Options, shows: Shows = 'all', html?: string) {
    // Angular looks for what its server has rendered in the body.
    const place = html === undefined ? document.body.appendChild(document.createElement('div')) : document.body
    if (html !== undefined) place.innerHTML = html
    const first = place.querySelector('p')
    const page = await app.mount(place, options, shows, html !== undefined)
    mounted.add(page)
    await frame()
    const unmount = (): void => {
      mounted.delete(page)
      page.unmount()
    }
    return { ...page, unmount, first, place, text: () => place.textContent ?? '' }
  }

  test('a component renders in the frames in which a field that it reads has changed', async () => {
    const page = await mount(optionsFor(answering(says(JSON.stringify(note), 2))), 'title')
    expect(page.text()).toBe('absent|')
    expect(page.renders()).toBe(1)
    let changes = 0
    const read = page.store.reader(['title'])
    let title = read()
    page.store.subscribe(() => {
      if (read() !== title) changes++
      title = read()
    })
    page.submit()
    await framesUntil(() => page.store.getState().status === 'done')
    await frame()
    expect(page.text()).toBe('complete|Bread')
    expect(changes).toBeGreaterThan(0)
    expect(page.renders()).toBe(1 + changes)
  })

  test('unmounting stops the request', async () => {
    const model = scripted([text('{"title":"Br'), 'hang'])
    const page = await mount(optionsFor(model))
    page.submit()
    await framesUntil(() => page.text() === 'streaming|open|Br|||0|')
    expect(model.signals[0]?.aborted).toBe(false)
    page.unmount()
    await until(() => model.signals[0]?.aborted === true)
  })

  test('an error is shown; retry() asks again', async () => {
    const page = await mount(optionsFor(answering(says('{"title":5}'), whole)))
    page.submit()
    await framesUntil(() => page.text() === 'failed|invalid||||0|invalid_data')
    page.retry()
    await framesUntil(() => page.text() === 'done|complete|Bread|||0|')
  })

  test('stop() keeps what has come; clear() forgets it', async () => {
    const page = await mount(optionsFor(scripted([text('{"title":"Br'), 'hang'])))
    page.submit()
    await framesUntil(() => page.text() === 'streaming|open|Br|||0|')
    page.stop()
    await framesUntil(() => page.text() === 'stopped|open|Br|||0|')
    page.clear()
    await framesUntil(() => page.text() === 'idle|absent||||0|')
  })

  test('attach() resumes after a reload, and the model is asked once', async () => {
    const streams = resumable(memoryStore())
    const model = scripted(whole)
    const { id } = await streams.start('m1', () => runStream('p', Note, { model }))
    const route = streams.handler({ authorize: () => true })
    const fetch: Options['fetch'] = (url, init) => route(new Request(new URL(url as string, 'http://localhost'), init))
    const page = await mount({ schema: Note, api: '/notes', fetch })
    page.attach(`/streams/${id}`)
    await framesUntil(() => page.text() === 'done|complete|Bread|||0|')
    expect(model.requests).toHaveLength(1)
    await streams.idle()
  })

  test('reasoning, files and tool calls are shown', async () => {
    const weather = tool({ name: 'weather', input: z.object({}), execute: () => 'sunny' })
    const asking: Step[] = [
      { type: 'reasoning-delta', text: 'Is it warm?' },
      { type: 'file', file: { mediaType: 'image/png', data: new Uint8Array(3) } },
      { type: 'tool-call-start', id: 'a', name: 'weather' },
      { type: 'tool-call-delta', id: 'a', text: '{}' },
      { type: 'tool-call-end', id: 'a' },
      { type: 'finish', reason: 'tool-calls' },
    ]
    const page = await mount(optionsFor(answering(asking, whole), { tools: [weather] }))
    page.submit()
    await framesUntil(() => page.text() === 'done|complete|Bread|Is it warm?|weather done|1|')
  })

  test('what a server renders is taken over by the page, and lives on', async () => {
    const options = { ...optionsFor(answering(whole)), initialValue: { title: 'So far' } }
    const html = await app.render(options)
    expect(html).toContain('idle|open|So far|||0|')
    const page = await mount(options, 'all', html)
    expect(page.text()).toContain('idle|open|So far|||0|')
    expect(page.place.querySelector('p')).toBe(page.first)
    page.submit()
    await framesUntil(() => page.text().startsWith('done|complete|Bread|||0|'))
    expect(page.place.querySelector('p')).toBe(page.first)
  })
})
