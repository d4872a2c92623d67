import { createClient } from 'redis-6'
import { z } from 'zod'
import { StructStreamError } from '../src/errors.ts'
import { simulate } from '../src/models/simulate/index.ts'
import { runStream } from '../src/run-stream.ts'
import { redisStore } from '../src/store/redis/redis-store.ts'
import { resumable } from '../src/store/resumable.ts'
import { connect } from '../src/web/client/index.ts'
import type { StructuredStream } from '../src/stream/structured-stream.ts'
import { startRedis } from '../test/store/redis-server.ts'

/**
 * Streams whose ids are used again while their readers are late: `tsx bench/store-reuse.ts [streams]`. Each stream is
 * forgotten by Redis at a random moment or after its end, and its id is started again at once. Readers are attached, or
 * come by the route with connections that are cut at random. No reader may see parts of two streams.
 */
const wanted = Number(process.argv[2] ?? 10_000)
const IDS = 40
const Answer = z.object({ stream: z.int(), text: z.string() })
const answerOf = (stream: number) => ({ stream, text: `(${stream})`.repeat(40) })

let seed = Number(process.env['SEED'] ?? 1)
function random(): number {
  seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32
  return seed / 2 ** 32
}
const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

await using server = await startRedis()
const clients = await Promise.all(
  [0, 1].map(
    async () =>
      await createClient({ url: server.url })
        .on('error', () => {})
        .connect(),
  ),
)
const [making, reading] = clients.map((client) => resumable(redisStore(client, { prefix: 'reuse:' }), { lease: 5_000 }))
const route = reading!.handler({ authorize: () => true })

const seen = { streams: 0, reads: 0, whole: 0, mixtures: 0, untyped: 0, hangs: 0, cuts: 0, reused: 0 }
const codes: Record<string, number> = {}

/** A connection that breaks after a random number of its events, mostly. */
async function cutting(url: unknown, init?: RequestInit): Promise<Response> {
  const response = await route(new Request(String(url), init))
  if (response.body === null || random() < 0.3) return response
  let left = 2 + Math.floor(random() * 25)
  const cut = new TransformStream<string, string>({
    async transform(text, controller) {
      const blocks = text.split(/(?<=\n\n)/)
      controller.enqueue(blocks.slice(0, left).join(''))
      left -= blocks.length
      if (random() < 0.1) await rest(random() * 30)
      if (left > 0) return
      seen.cuts++
      controller.error(new TypeError('terminated'))
    },
  })
  const body = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(cut).pipeThrough(new TextEncoderStream())
  return new Response(body, { status: response.status, headers: response.headers })
}

/** All parts of one stream have its number. */
function isOne(text: string): boolean {
  return new Set([...text.matchAll(/\((\d+)\)|"stream":(\d+),/g)].map(([, part, head]) => part ?? head)).size <= 1
}

async function judge(reader: StructuredStream<typeof Answer>): Promise<void> {
  seen.reads++
  const timeout = rest(60_000).then(() => 'hang' as const)
  const outcome = await Promise.race([reader.getResult().catch((error: unknown) => error), timeout])
  if (outcome === 'hang') {
    seen.hangs++
  } else if (outcome instanceof StructStreamError) {
    codes[outcome.code] = (codes[outcome.code] ?? 0) + 1
    if (!isOne(outcome.text ?? '')) seen.mixtures++
  } else if (outcome instanceof Error) {
    seen.untyped++
  } else {
    const { data, text } = outcome as { data: z.infer<typeof Answer>; text: string }
    if (isOne(text) && data.text === answerOf(data.stream).text) seen.whole++
    else seen.mixtures++
  }
}

let number = 0
const judging: Promise<void>[] = []
async function useAgain(id: string): Promise<void> {
  const forget = async (): Promise<void> => void (await clients[0]!.del([`reuse:{${id}}:meta`, `reuse:{${id}}:log`]))
  while (number < wanted) {
    const own = ++number
    const model = simulate({ response: answerOf(own), chunkSize: 7, delayMs: 1 })
    const { stream, isNew } = await making!.start(id, () => runStream('Answer', Answer, { model }))
    if (!isNew) throw new Error(`the id ${id} was not free`)
    seen.streams++
    // The producer's own error is not a reader's.
    void stream.getData().catch(() => {})
    const readers = [judge(connect(`http://localhost/${id}`, Answer, { fetch: cutting, patience: 20_000 }))]
    const attached = await reading!.attach(id, { schema: Answer }).catch((error: unknown) => error)
    if (attached instanceof StructStreamError) codes[attached.code] = (codes[attached.code] ?? 0) + 1
    else readers.push(judge(attached as StructuredStream<typeof Answer>))
    judging.push(...readers)
    const kind = random()
    if (kind < 0.3) {
      await Promise.all(readers)
    } else if (kind < 0.8) {
      seen.reused++
      await rest(random() * 300)
    } else {
      await stream.getResult().catch(() => {})
    }
    await forget()
  }
}

const began = performance.now()
await Promise.all(Array.from({ length: IDS }, (_, index) => useAgain(`id-${index}`)))
await Promise.all(judging)
await making!.idle()
const minutes = ((performance.now() - began) / 60_000).toFixed(1)
console.log(`${JSON.stringify(seen)}, errors ${JSON.stringify(codes)}, ${minutes} min`)
for (const client of clients) client.destroy()
process.exit(seen.mixtures + seen.untyped + seen.hangs === 0 ? 0 : 1)
