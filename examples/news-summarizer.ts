// From a web page to a validated summary: fetched with progress, streamed as it is written, kept when it fails.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { runStream, StructStreamError } from 'structstream'
import type { PartialOf } from 'structstream'
import { NewsSummary, schemas } from 'structstream/schemas'
import { simulate } from 'structstream/simulate'

/** A page on loopback replaces the web; give the address of a real one as the first argument. */
const paragraphs = '<p>A night train line between two capitals opens again after twenty years.</p>'.repeat(400)
const site = createServer((_request, response) => {
  response.setHeader('content-type', 'text/html')
  response.end(`<!doctype html><title>News</title><script>ignored()</script>${paragraphs}`)
}).listen(0, '127.0.0.1')
await new Promise((resolve) => site.once('listening', resolve))
const address = process.argv[2] ?? `http://127.0.0.1:${(site.address() as AddressInfo).port}/article`

const article = await fetchArticle(address)
site.close()
await summarize('as it should be', article, {})
await summarize('cut in the middle', article, { cutAt: 200 })

async function fetchArticle(url: string): Promise<string> {
  const response = await fetch(url)
  if (!response.ok || !response.body) throw new Error(`${url} answers with status ${response.status}`)
  const decoder = new TextDecoder()
  let html = ''
  for await (const part of response.body) html += decoder.decode(part, { stream: true })
  const text = html
    .replaceAll(/<(script|style)[\s\S]*?<\/\1>|<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
  console.log(`fetched ${html.length} characters, ${text.length} of them text`)
  return text
}

async function summarize(what: string, text: string, faults: { cutAt?: number }): Promise<void> {
  console.log(`--- ${what}`)
  const model = process.env['STRUCTSTREAM_MODEL'] ?? simulate({ response: schemas.news.sample, delayMs: 1, faults })
  const prompt = `Summarise this article:\n\n${text.slice(0, 20_000)}`
  await using stream = runStream(prompt, NewsSummary, { model, system: 'You summarise news for people in a hurry.' })
  try {
    for await (const point of stream.streamElements(['keyPoints'])) console.log(`• ${point}`)
    const { title, sentiment, category } = await stream.getData()
    console.log(`${title} [${category}, ${sentiment}]`)
  } catch (error) {
    if (!(error instanceof StructStreamError)) throw error
    const kept = error.partial as PartialOf<typeof NewsSummary> | undefined
    console.log(`${error.code}; kept the title "${kept?.title}" and ${kept?.keyPoints?.length} points`)
  }
}
