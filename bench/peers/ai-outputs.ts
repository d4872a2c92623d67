import { streamText, type Output } from 'ai'
import { structuredOutput } from '../../src/hosts/ai-sdk/index.ts'
import { IncrementalJsonParser } from '../../src/json/index.ts'
import { aiModel } from './ai-model.ts'
import type { Subject } from './subject.ts'

type AnyOutput = Output.Output<unknown, unknown, unknown>

/** The AI SDK's own `streamText` with an output: the same deltas, every partial read. */
function inside(id: string, title: string, output: (input: Parameters<Subject['open']>[0]) => AnyOutput): Subject {
  return {
    id,
    title,
    package: 'ai',
    kind: 'immutable',
    open: (input) => async () => {
      const result = streamText({ model: aiModel(input.deltas), prompt: 'go', output: output(input) })
      let items = 0
      for await (const _ of result.partialOutputStream) items++
      if (items < input.deltas.length / 32) throw new Error(`only ${items} partials`)
      return await result.output
    },
  }
}

/** The least that an output can do: the bare parser's snapshots, and `JSON.parse` at the end. */
function bareOutput(): AnyOutput {
  const parser = new IncrementalJsonParser()
  let read = 0
  const output = {
    name: 'bare',
    responseFormat: Promise.resolve({ type: 'json' as const }),
    parsePartialOutput({ text }: { text: string }) {
      parser.push(text.slice(read))
      read = text.length
      const partial = parser.snapshot()
      return Promise.resolve(partial === undefined ? undefined : { partial })
    },
    parseCompleteOutput: ({ text }: { text: string }) => Promise.resolve(JSON.parse(text) as unknown),
    createElementStreamTransform: () => new TransformStream(),
  }
  return output
}

/** What `structuredOutput` costs inside the AI SDK, which writes each partial as JSON, next to the least that is possible there. */
export const AI_OUTPUTS: readonly Subject[] = [
  inside('bare', 'the bare parser', bareOutput),
  inside('ours', '`structuredOutput`', ({ schema }) => structuredOutput(schema)),
]
