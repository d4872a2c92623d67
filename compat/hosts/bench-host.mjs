import { catalogOf, texts, wrongPartsOf } from './catalog.mjs'

/**
 * How a host is read: `text`, its text alone; `own`, the partials that it makes itself; `ours`, the recipe. Each calls `see`
 * with every partial (or piece), and throws when it learns that the answer is wrong.
 *
 * @typedef {(schema: any, see: (partial: unknown) => void) => Promise<void>} Way
 */

/**
 * One host, read in one way, in a separate process: bench/hosts.ts asks, by messages. The network is left out: a host's
 * requests get the events that the local provider sends for them, one in each turn of the event loop.
 *
 * @param {Record<'text' | 'own' | 'ours', Way>} ways
 * @param {typeof import('structstream/testing').startProviderServer} startProviderServer
 * @param {typeof import('zod').z} z
 */
export async function benchHost(ways, startProviderServer, z) {
  const read = ways[/** @type {keyof typeof ways} */ (process.argv[2])]
  const schema = catalogOf(z)
  const provider = await answersOf(startProviderServer)

  /** @param {keyof typeof texts} name */
  async function look(name) {
    const final = JSON.parse(texts[name])
    const seen = { partials: 0, numbers: 0, words: 0 }
    let last
    let shown = ''
    provider.answerWith(name)
    await read(schema, (partial) => {
      last = partial
      // The same once more shows nothing new.
      const now = JSON.stringify(partial) ?? ''
      if (now === shown) return
      shown = now
      const { numbers, words } = wrongPartsOf(partial, final)
      seen.partials++
      seen.numbers += numbers > 0 ? 1 : 0
      seen.words += words > 0 ? 1 : 0
    })
    return { ...seen, isWhole: JSON.stringify(last) === texts[name], deltas: provider.deltas }
  }

  /** How many characters of a wrong answer have been read when the host reports it; `null`: it doesn't. */
  async function violation() {
    provider.answerWith('wrong')
    try {
      await read(schema, () => {})
      return { characters: null }
    } catch (error) {
      return { characters: provider.characters, message: String(error) }
    }
  }

  /** @param {keyof typeof texts} name @param {number} budgetMs */
  async function round(name, budgetMs) {
    let reads = 0
    let used = 0
    const before = process.cpuUsage()
    do {
      provider.answerWith(name)
      await read(schema, () => {})
      reads++
      const { user, system } = process.cpuUsage(before)
      used = (user + system) / 1_000
    } while (used < budgetMs)
    return { microseconds: (used * 1_000) / reads / provider.deltas }
  }

  process.on('message', (/** @type {any} */ { ask, text, budgetMs }) => {
    const answer = ask === 'look' ? look(text) : ask === 'violation' ? violation() : round(text, budgetMs)
    answer.then(
      (result) => process.send?.({ result }),
      (error) => process.send?.({ error: String(error?.stack ?? error) }),
    )
  })
  process.send?.({ result: 'ready' })
}

/** Takes the place of `fetch`. @param {typeof import('structstream/testing').startProviderServer} startProviderServer */
async function answersOf(startProviderServer) {
  const server = await startProviderServer({ respond: { text: '{}' } })
  const overNetwork = globalThis.fetch
  /** @type {Map<string, { bytes: Uint8Array, characters: number }[]>} */
  const recorded = new Map()
  /** @type {keyof typeof texts} */
  let current = 'short'
  const provider = {
    /** Of the answer, handed out so far. */
    characters: 0,
    deltas: 0,
    /** @param {keyof typeof texts} name */
    answerWith(name) {
      current = name
      provider.characters = provider.deltas = 0
    },
  }

  globalThis.fetch = async (input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input)
    const key = `${current} ${pathname}`
    let events = recorded.get(key)
    if (events === undefined) {
      server.respondWith({ text: texts[current], chunking: 4 })
      const response = await overNetwork(server.url + pathname, init)
      if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return response
      events = eventsOf(await response.text())
      recorded.set(key, events)
    }
    const rest = events.values()
    const body = new ReadableStream(
      {
        async pull(controller) {
          await new Promise((resolve) => setImmediate(resolve))
          const { value: event } = rest.next()
          if (event === undefined) return controller.close()
          provider.characters += event.characters
          provider.deltas += event.characters > 0 ? 1 : 0
          controller.enqueue(event.bytes)
        },
      },
      { highWaterMark: 0 },
    )
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
  return provider
}

/** The events of a body, and how many characters of the answer are in each. @param {string} body */
function eventsOf(body) {
  const encoder = new TextEncoder()
  return body.split(/(?<=\n\n)/).map((event) => ({ bytes: encoder.encode(event), characters: deltaOf(event).length }))
}

/** The wires of OpenAI's Chat Completions and Responses. @param {string} event */
function deltaOf(event) {
  const data = /^data: (\{.*\})$/m.exec(event)?.[1]
  if (data === undefined) return ''
  const { type, delta, choices } = JSON.parse(data)
  return (type === undefined ? choices?.[0]?.delta?.content : type === 'response.output_text.delta' && delta) || ''
}
