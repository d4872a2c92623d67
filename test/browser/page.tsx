import { useState } from 'react'
import { createRoot } from 'react-dom/client'
import { z } from 'zod/mini'
import { useField, useStructuredStream, type StreamStore } from '../../src/react/index.ts'
import { connect } from '../../src/web/client/index.ts'

/** What the page that client.browser.ts drives can do. */
const Table = z.object({ title: z.string(), rows: z.array(z.object({ id: z.number(), name: z.string() })) })

/** Milliseconds of the long tasks, renders of the page, and frames, since `counts` was last set to zero. */
const counts = { longTasks: [] as number[], renders: 0, frames: 0 }
new PerformanceObserver((list) => counts.longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
  type: 'longtask',
})
const onFrame = (): void => {
  counts.frames++
  requestAnimationFrame(onFrame)
}
onFrame()

/** Every partial, and how it ended. */
async function follow(url: string): Promise<{ partials: unknown[]; data?: unknown; code?: string }> {
  const stream = connect(url, Table, { body: {} })
  const partials: unknown[] = []
  try {
    for await (const partial of stream.streamPartial()) partials.push(partial)
    return { partials, data: await stream.getData() }
  } catch (error) {
    return { partials, code: (error as { code: string }).code }
  }
}

function Row({ store, index }: { store: StreamStore<typeof Table>; index: number }) {
  const { value, state } = useField(store, ['rows', index])
  return <li className={state}>{value?.name}</li>
}

function Stream() {
  const { submit, stop, field, status, store, error } = useStructuredStream({ api: '/table', schema: Table })
  const title = field(['title'])
  const count = field(['rows']).value?.length ?? 0
  counts.renders++
  return (
    <>
      <h1 className={title.state}>{title.value}</h1>
      <button onClick={() => submit({})}>Start</button>
      <button onClick={stop}>Stop</button>
      <output>{error?.code ?? status}</output>
      <b>{count}</b>
      <ul>
        {Array.from({ length: Math.min(count, 50) }, (_, row) => (
          <Row key={row} store={store} index={Math.max(0, count - 50) + row} />
        ))}
      </ul>
    </>
  )
}

function Page() {
  const [isThere, setIsThere] = useState(true)
  return (
    <main>
      <button onClick={() => setIsThere(false)}>Unmount</button>
      {isThere && <Stream />}
    </main>
  )
}

Object.assign(globalThis, { follow, counts })
createRoot(document.querySelector('#root')!).render(<Page />)
