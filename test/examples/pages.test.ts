import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { Booking } from '../../examples/pages/booking/schema.ts'
import { PeakList } from '../../examples/pages/peaks/schema.ts'
import { CodeSnippet, Recipe } from '../../schemas/index.ts'
import { connect } from '../../src/web/client/index.ts'
import { startPages } from './pages-server.ts'

/** test/browser/pages.browser.ts drives the pages in a browser. */
const schemas: Record<string, z.ZodObject> = { booking: Booking, peaks: PeakList, recipe: Recipe, code: CodeSnippet }

let pages: Awaited<ReturnType<typeof startPages>>
beforeAll(async () => {
  pages = await startPages()
})
afterAll(() => pages?.stop())

const read = async (path: string) => {
  const response = await fetch(new URL(path, pages.url))
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() }
}

describe.each(Object.entries(schemas))('%s', (name, schema) => {
  test('has a page, with its code and its style', async () => {
    expect(await read(`${name}/`)).toMatchObject({ status: 200, text: expect.stringContaining('<main></main>') })
    const [script, style] = await Promise.all([read(`${name}/page.tsx`), read(`${name}/page.css`)])
    expect(script).toMatchObject({
      status: 200,
      type: 'text/javascript',
      text: expect.stringContaining(`/api/${name}`),
    })
    expect(style).toMatchObject({ status: 200 })
  })

  test('is answered until it is stopped', async () => {
    let own = ''
    const watched: typeof fetch = async (input, init) => {
      if (init?.method === 'DELETE') own = input as string
      return await fetch(input, init)
    }
    const stream = connect(new URL(`api/${name}`, pages.url), schema, { body: { prompt: 'x' }, fetch: watched })
    for await (const partial of stream.streamPartial()) {
      const [key] = Object.keys(partial)
      if (key === undefined) continue
      expect(key).toBe(Object.keys(schema.shape)[0])
      break
    }
    stream.abort()
    // A consumer that asks for it again learns how it ended.
    await expect(connect(own, schema).getData()).rejects.toMatchObject({ code: 'aborted' })
  })
})

test('a stream that no one has started is not found', async () => {
  expect(await read('api/streams/x')).toMatchObject({ status: 404 })
})
