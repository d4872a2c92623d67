import { createRoot } from 'react-dom/client'
import { z } from 'zod/mini'
import { useField, useStructuredStream, type StreamStore } from '../../src/react/index.ts'
import { connect } from '../../src/web/client.ts'

/** What the page that the browser tests drive can do. */
const Table = z.object({ title: z.string(), rows: z.array(z.object({ id: z.number(), name: z.string() })) })

/** Milliseconds of the long tasks since the page was opened. */
const longTasks: number[] = []
new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
  type: 'longtask',
})

/** Every partial as JSON, and how it ended. */
async function follow(url: string): Promise<{ partials: string[]; data?: unknown; code?: string }> {
  const stream = connect(url, Table, { body: {} })
  const partials: string[] = []
  try {
    for await (const partial of stream.streamPartial()) partials.push(JSON.stringify(partial))
    return { partials, data: await stream.getData() }
  } catch (error) {
    return { partials, code: (error as { code: string }).code }
  }
}

function Row({ store, index }: { store: StreamStore<typeof Table>; index: number }) {
  const { value, state } = useField(store, ['rows', index])
  return <li className={state}>{value?.name}</li>
}

function Page() {
  const { submit, stop, field, status, store, error } = useStructuredStream({ api: '/table', schema: Table })
  const title = field(['title'])
  const count = field(['rows']).value?.length ?? 0
  return (
    <main>
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
    </main>
  )
}

Object.assign(globalThis, { follow, longTasks })
createRoot(document.querySelector('#root')!).render(<Page />)
