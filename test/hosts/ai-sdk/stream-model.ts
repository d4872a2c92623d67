import { MockLanguageModelV4 } from 'ai/test'

type Part = Record<string, unknown>

const NO_USAGE = { inputTokens: { total: 1 }, outputTokens: { total: 1 } }

/** The parts that a provider sends for a text. */
export function partsOf(deltas: readonly string[], finish = 'stop'): Part[] {
  return [
    { type: 'stream-start', warnings: [] },
    { type: 'text-start', id: 't' },
    ...deltas.map((delta) => ({ type: 'text-delta', id: 't', delta })),
    { type: 'text-end', id: 't' },
    { type: 'finish', finishReason: { unified: finish, raw: finish }, usage: NO_USAGE },
  ]
}

/** What a model noticed of its calls. */
export interface Noticed {
  formats: unknown[]
  /** Parts that were taken. */
  pulled: number
  isCancelled: boolean
}

/** A model of the AI SDK that answers each call with the next list of parts; a part is made when it is asked for. */
export function streamModel(...answers: Part[][]): { model: MockLanguageModelV4; noticed: Noticed } {
  const noticed: Noticed = { formats: [], pulled: 0, isCancelled: false }
  let calls = 0
  const model = new MockLanguageModelV4({
    doStream: async (options) => {
      noticed.formats.push(options.responseFormat)
      const parts = answers[calls++]!
      let next = 0
      const stream = new ReadableStream({
        pull(controller) {
          if (next === parts.length) controller.close()
          else controller.enqueue(parts[next++])
          noticed.pulled++
        },
        cancel() {
          noticed.isCancelled = true
        },
      })
      return { stream: stream as never }
    },
    doGenerate: async (options) => {
      noticed.formats.push(options.responseFormat)
      const parts = answers[calls++]!
      const text = parts.map(({ delta }) => (typeof delta === 'string' ? delta : '')).join('')
      const { finishReason } = parts.at(-1)!
      return { content: [{ type: 'text', text }], finishReason, usage: NO_USAGE, warnings: [] } as never
    },
  })
  return { model, noticed }
}

/** A text in pieces of `size` characters. */
export function pieces(text: string, size: number): string[] {
  return Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
    text.slice(index * size, (index + 1) * size),
  )
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
