import './dom.ts'
import { Profiler, StrictMode, Suspense, memo, use, useEffect, type ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { useObject } from '@ai-sdk/react'
import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Model } from '../../src/models/model.ts'
import { simulate, type SimulateOptions } from '../../src/models/simulate/index.ts'
import { useField, useStructuredStream, type StructuredStreamState, type StreamStore } from '../../src/react/index.ts'
import { runStream } from '../../src/run-stream.ts'
import { pipeToNode, toResponse, type ServerOptions } from '../../src/web/server/index.ts'
import { listen, until } from '../web/loopback.ts'
import type { Path } from '../../src/path.ts'

const Table = z.object({ title: z.string(), total: z.int(), rows: z.array(z.object({ name: z.string() })) })
const table = { title: 'Mountains', total: 3, rows: [{ name: 'Eiger' }, { name: 'Mönch' }, { name: 'Jungfrau' }] }

const mounted: (() => void)[] = []
afterEach(() => {
  for (const unmount of mounted.splice(0)) unmount()
})

function mount(node: ReactNode): { text: () => string; unmount: () => void } {
  const place = document.createElement('div')
  const root = createRoot(place)
  root.render(node)
  const unmount = () => root.unmount()
  mounted.push(unmount)
  return { text: () => place.textContent ?? '', unmount }
}

const serve = (options: SimulateOptions | Model = { response: table }, server: ServerOptions = {}) =>
  listen(async (request, response) => {
    for await (const _ of request) {
      // The body is not looked at.
    }
    const model = 'stream' in options ? options : simulate(options)
    await pipeToNode(runStream('Mountains', Table, { model }), response, server)
  })

/** Mounts a component that holds the hook, and gives its newest state. */
async function holding(url: string, extra: object = {}) {
  let state!: StructuredStreamState<typeof Table>
  function Holder() {
    state = useStructuredStream({ api: url, schema: Table, ...extra })
    return <p>{`${state.status}|${state.field(['title']).state}|${state.partial?.title ?? ''}`}</p>
  }
  const page = mount(<Holder />)
  await until(() => page.text() !== '')
  return { page, state: () => state }
}

test('from idle to done: status, partial, fields, data, text, usage', async () => {
  await using server = await serve({ response: table, chunkSize: 4, delayMs: 40 })
  const seen: string[] = []
  const { page, state } = await holding(server.url, { onData: (data: unknown) => seen.push(JSON.stringify(data)) })
  expect(page.text()).toBe('idle|absent|')
  expect(state().field(['rows', 0])).toEqual({ value: undefined, state: 'absent', issues: [] })
  state().submit({ prompt: 'x' })
  await until(() => page.text().startsWith('streaming|open|M'))
  await until(() => state().field(['title']).state === 'complete')
  await until(() => page.text() === 'done|complete|Mountains')
  expect(state().data).toEqual(table)
  expect(state().partial).toBe(state().data)
  expect(state().text).toBe(JSON.stringify(table))
  expect(state().usage).toMatchObject({ outputTokens: expect.any(Number) })
  expect(state().field(['rows'])).toEqual({ value: table.rows, state: 'complete', issues: [] })
  expect(state().field(['rows', 1, 'name'])).toMatchObject({ value: 'Mönch', state: 'complete' })
  const impossible: Path[] = [['rows', 'length'], ['constructor'], ['titel']]
  for (const path of impossible) expect(() => state().field(path)).toThrow(/impossible: no/)
  expect(state().field(['title'])).toBe(state().field(['title']))
  expect(seen).toEqual([JSON.stringify(table)])
})

test('an invalid field, and an error with what had arrived', async () => {
  const errors: unknown[] = []
  await using server = await serve({ response: { ...table, total: 'many' } })
  const { page, state } = await holding(server.url, { onError: (error: unknown) => errors.push(error) })
  state().submit()
  await until(() => page.text().startsWith('failed'))
  expect(state().error).toMatchObject({ code: 'invalid_data' })
  expect(state().field(['total'])).toMatchObject({ state: 'invalid', issues: [{ path: ['total'] }] })
  expect(state().field([])).toMatchObject({ state: 'invalid' })
  expect(state().field(['rows', 0])).toMatchObject({ state: 'complete', value: { name: 'Eiger' } })
  expect(errors).toEqual([state().error])
})

const stalling = (gone: () => void): Model => ({
  ...simulate(),
  async *stream(_, signal) {
    yield { type: 'text-delta', text: '{"title":"Moun' }
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    gone()
  },
})

test('stop, retry, clear and a second submit', async () => {
  let gone = 0
  await using server = await serve(stalling(() => gone++))
  const { page, state } = await holding(server.url)
  state().retry()
  expect(state().status).toBe('idle')
  state().submit()
  await until(() => page.text() === 'streaming|open|Moun')
  state().stop()
  await until(() => page.text() === 'stopped|open|Moun')
  expect(state().error).toBeUndefined()
  await until(() => gone === 1)
  state().retry()
  await until(() => page.text() === 'streaming|open|Moun')
  state().submit()
  await until(() => gone === 2)
  await until(() => page.text() === 'streaming|open|Moun')
  state().clear()
  await until(() => page.text() === 'idle|absent|')
  await until(() => gone === 3)
})

test('stop before the first byte; unmounting stops the request', async () => {
  let closed = 0
  await using server = await listen((request, response) => response.on('close', () => closed++) && request.resume())
  const { page, state } = await holding(server.url)
  state().submit()
  await until(() => server.sockets() === 1)
  state().stop()
  await until(() => page.text().startsWith('stopped'))
  await until(() => closed === 1)
  state().submit()
  await until(() => server.sockets() === 1)
  page.unmount()
  await until(() => closed === 2)
})

describe('renders', () => {
  test('a component renders only when what it has read has changed; a row only for itself', async () => {
    const rows = Array.from({ length: 40 }, (_, index) => ({ name: `Mountain number ${index}` }))
    await using server = await serve({ response: { ...table, rows }, chunkSize: 3, delayMs: 1 })
    const renders: Record<string, number> = {}
    const count = (name: string) => (renders[name] = (renders[name] ?? 0) + 1)
    const Row = memo(function Row({ store, index }: { store: StreamStore<typeof Table>; index: number }) {
      const { value, state } = useField(store, ['rows', index, 'name'])
      count(`row ${index}`)
      return <li>{`${value}:${state}`}</li>
    })
    let submit!: () => unknown
    let frames = 0
    function Page() {
      const stream = useStructuredStream({ api: server.url, schema: Table })
      submit = stream.submit
      count('page')
      const title = stream.field(['title'])
      return (
        <>
          <h1>{`${title.value} ${title.state}`}</h1>
          {stream.status === 'idle'
            ? null
            : [0, 7, 39, 99].map((index) => <Row key={index} store={stream.store} index={index} />)}
        </>
      )
    }
    const page = mount(
      <Profiler id="page" onRender={() => frames++}>
        <Page />
      </Profiler>,
    )
    await until(() => renders['page'] === 1)
    submit()
    await until(() => page.text().includes('Mountain number 39:complete'))
    // The title needs a frame or more; then only the status changes.
    expect(renders['page']).toBeLessThan(12)
    expect(renders['row 99']).toBe(1)
    expect(renders['row 0']).toBeLessThan(12)
    expect(renders['row 39']).toBeLessThan(12)
    expect(frames).toBeLessThan(40)
  })

  test('at most one render a frame, however many deltas come', async () => {
    const rows = Array.from({ length: 1_000 }, (_, index) => ({ name: `${index}` }))
    await using server = await serve({ response: { ...table, rows }, chunkSize: 2 })
    let renders = 0
    let state!: StructuredStreamState<typeof Table>
    function Page() {
      state = useStructuredStream({ api: server.url, schema: Table })
      renders++
      return <p>{`${state.status} ${state.text.length} ${state.partial?.rows?.length}`}</p>
    }
    const request = globalThis.requestAnimationFrame
    let frames = 0
    globalThis.requestAnimationFrame = (callback) => {
      frames++
      return request(callback)
    }
    mounted.push(() => (globalThis.requestAnimationFrame = request))
    const page = mount(<Page />)
    await until(() => page.text() !== '')
    state.submit()
    await until(() => page.text().startsWith('done'))
    // More than 5,000 deltas have come. The first render and that of the submit need no frame.
    expect(renders).toBeLessThanOrEqual(frames + 2)
    expect(renders).toBeLessThan(1_000)
  })
})

test('strict mode, and a submit in an effect: one request is left, and its value is shown', async () => {
  let requests = 0
  await using server = await listen((request, response) => {
    request.resume()
    requests++
    return pipeToNode(runStream('x', Table, { model: simulate({ response: table, delayMs: 2 }) }), response)
  })
  function Page() {
    const { submit, data } = useStructuredStream({ api: server.url, schema: Table })
    useEffect(() => void submit({}), [submit])
    return <p>{data === undefined ? 'nothing' : data.rows.map(({ name }) => name).join()}</p>
  }
  const page = mount(
    <StrictMode>
      <Page />
    </StrictMode>,
  )
  await until(() => page.text() === 'Eiger,Mönch,Jungfrau')
  expect(requests).toBeLessThanOrEqual(2)
})

test('next to something that suspends', async () => {
  await using server = await serve()
  let submit!: () => unknown
  let wake!: () => void
  const waiting = new Promise<void>((resolve) => (wake = resolve))
  function Late() {
    use(waiting)
    return <i>late</i>
  }
  function Page() {
    const stream = useStructuredStream({ api: server.url, schema: Table })
    submit = stream.submit
    return (
      <>
        <Suspense fallback={<i>soon</i>}>{stream.status !== 'idle' && <Late />}</Suspense>
        <b>{stream.data?.title}</b>
      </>
    )
  }
  const page = mount(<Page />)
  await until(() => submit !== undefined)
  submit()
  await until(() => page.text() === 'soonMountains')
  wake()
  await until(() => page.text() === 'lateMountains')
})

test('on the server it renders its first state', () => {
  function Page() {
    const { status, field, partial } = useStructuredStream({
      api: '/x',
      schema: Table,
      initialValue: { title: 'So far' },
    })
    return <p>{`${status} ${field(['title']).value} ${partial?.rows?.length}`}</p>
  }
  expect(renderToString(<Page />)).toBe('<p>idle So far undefined</p>')
})

test('a source made for each input', async () => {
  const { page, state } = await holding('', {
    api: (input: { title: string }) =>
      toResponse(runStream('x', Table, { model: simulate({ response: { ...table, ...input } }) })),
  })
  state().submit({ title: 'Lakes' })
  await until(() => page.text() === 'done|complete|Lakes')
})

test('the format "text" is what useObject of the AI SDK reads', async () => {
  await using server = await serve(
    { response: `Here:\n${JSON.stringify(table)}`, chunkSize: 3, delayMs: 1 },
    { format: 'text' },
  )
  let finished: unknown
  let submit!: (input: object) => void
  const seen: string[] = []
  function Page() {
    const stream = useObject({ api: server.url, schema: Table, onFinish: (event) => void (finished = event) })
    submit = stream.submit
    seen.push(JSON.stringify(stream.object))
    return <p>{stream.object?.title}</p>
  }
  const page = mount(<Page />)
  await until(() => submit !== undefined)
  submit({})
  await until(() => finished !== undefined)
  expect(finished).toEqual({ object: table, error: undefined })
  await until(() => page.text() === 'Mountains')
  expect(new Set(seen).size).toBeGreaterThan(3)
})
