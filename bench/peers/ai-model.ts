import { simulateReadableStream } from 'ai'
import { MockLanguageModelV4 } from 'ai/test'

type AiPart =
  Awaited<ReturnType<MockLanguageModelV4['doStream']>>['stream'] extends ReadableStream<infer Part> ? Part : never

/** A model of the AI SDK that answers with these deltas. */
export function aiModel(deltas: readonly string[]): MockLanguageModelV4 {
  const usage = {
    inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: deltas.length, text: deltas.length, reasoning: 0 },
  }
  const chunks: AiPart[] = [
    { type: 'stream-start', warnings: [] },
    { type: 'text-start', id: '1' },
    ...deltas.map((delta) => ({ type: 'text-delta' as const, id: '1', delta })),
    { type: 'text-end', id: '1' },
    { type: 'finish', finishReason: { unified: 'stop', raw: undefined }, usage },
  ]
  return new MockLanguageModelV4({
    doStream: () =>
      Promise.resolve({ stream: simulateReadableStream({ chunks, initialDelayInMs: null, chunkDelayInMs: null }) }),
  })
}
