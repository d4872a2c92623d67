import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { Window } from 'happy-dom'
import { z } from 'zod'
import { runStream } from 'structstream'
import { fromRunAgentInput, pipeToNode } from 'structstream/server'
import { simulate } from 'structstream/simulate'

const Film = z.object({ title: z.string(), year: z.int(), cast: z.array(z.string()) })
const film = { title: 'The Thing', year: 1982, cast: ['Kurt Russell', 'Keith David'] }
const models = {
  '/good': () => simulate({ response: film, chunkSize: 3, delayMs: 2 }),
  '/restart': () =>
    simulate({ responses: [{ ...film, title: 'Wrong', year: 'soon' }, film], chunkSize: 3, delayMs: 2 }),
  '/cut': () => simulate({ response: film, chunkSize: 3, faults: { cutAt: 30 } }),
}
const inputs = []

const server = createServer((request, response) => void answer(request, response))

async function answer(request, response) {
  let body = ''
  for await (const chunk of request) body += chunk
  const input = JSON.parse(body)
  inputs.push(input)
  const options = { model: models[request.url](), onInvalid: 'restart' }
  const stream = runStream(fromRunAgentInput(input), Film, options)
  await pipeToNode(stream, response, { format: 'ag-ui', answerText: 'live', agUi: { input }, onError: () => {} })
}

let react
before(async () => {
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready))
  const window = new Window({ url: 'http://localhost/' })
  for (const name of ['document', 'HTMLElement', 'HTMLIFrameElement', 'Node', 'navigator'])
    Object.defineProperty(globalThis, name, { value: window[name], configurable: true })
  globalThis.window = globalThis
  const [{ createElement, useEffect }, { createRoot }, { useChat, fetchServerSentEvents }] = await Promise.all([
    import('react'),
    import('react-dom/client'),
    import('@tanstack/ai-react'),
  ])
  react = { createElement, useEffect, createRoot, useChat, fetchServerSentEvents }
})
after(() => server.close())

/** Asks one route, and returns what the hook has shown until it was ready. */
async function ask(path) {
  const { createElement, useEffect, createRoot, useChat, fetchServerSentEvents } = react
  const partials = []
  const url = `http://127.0.0.1:${server.address().port}${path}`
  const connection = fetchServerSentEvents(url)
  let done
  const over = new Promise((resolve) => (done = resolve))
  function Page() {
    const { sendMessage, partial, final, status, error } = useChat({ connection, outputSchema: Film })
    useEffect(() => void sendMessage('A film'), [])
    partials.push(partial)
    if (final !== null || error !== undefined) done({ partials, final, error, status })
    return null
  }
  const root = createRoot(document.createElement('div'))
  root.render(createElement(Page))
  const shown = await over
  root.unmount()
  return shown
}

test('useChat({ outputSchema }) fills partial and final', async () => {
  const { partials, final } = await ask('/good')
  assert.deepEqual(final, film)
  const titles = partials.map(({ title }) => title).filter((title) => title !== undefined)
  assert.ok(titles.length > 2)
  for (const title of titles) assert.ok(film.title.startsWith(title))
  assert.equal(inputs[0].messages.at(-1).role, 'user')
})

test('after a restart the partial is that of the new answer', async () => {
  const { final, partials } = await ask('/restart')
  assert.deepEqual(final, film)
  assert.deepEqual(partials.at(-1), film)
})

test('an error is the hook’s error', async () => {
  const { error, final } = await ask('/cut')
  assert.equal(final, null)
  assert.match(error.message, /connection to the model was lost/)
})
