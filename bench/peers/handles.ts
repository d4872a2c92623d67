import { Output, streamText } from 'ai'
import { runStream } from '../../src/index.ts'
import { aiModel } from './ai-model.ts'
import { mockModel } from './mock-model.ts'
import type { Input, Subject } from './subject.ts'

/**
 * Consumers must have been woken all along, or the figure would flatter. Not every delta changes what is visible (keys
 * and punctuation do not), and wide containers may lag by 32 deltas.
 */
function atLeast(items: number, input: Input, what: string): void {
  if (items < input.deltas.length / 32) throw new Error(`only ${items} ${what} for ${input.deltas.length} deltas`)
}

const partials: Subject = {
  id: 'partials',
  title: '`runStream` + `streamPartial`',
  kind: 'immutable',
  open(input) {
    const model = mockModel(input.deltas)
    return async () => {
      const stream = runStream('', input.schema, { model })
      let items = 0
      for await (const _ of stream.streamPartial()) items++
      atLeast(items, input, 'partials')
      return await stream.getData()
    }
  },
}

const data: Subject = {
  id: 'data',
  title: '`runStream` + `getData` only',
  kind: 'none',
  open({ deltas, schema }) {
    const model = mockModel(deltas)
    return async () => await runStream('', schema, { model }).getData()
  },
}

const text: Subject = {
  id: 'text',
  title: '`runStream` + `streamText` only, no schema',
  kind: 'none',
  open(input) {
    const model = mockModel(input.deltas)
    return async () => {
      let text = ''
      for await (const piece of runStream('', undefined, { model }).streamText()) text += piece
      return JSON.parse(text) as unknown
    }
  },
}

const loop: Subject = {
  id: 'loop',
  title: 'the mock model, iterated',
  kind: 'none',
  open({ deltas }) {
    const model = mockModel(deltas)
    return async () => {
      let text = ''
      for await (const event of model.stream({ messages: [], settings: {} }, new AbortController().signal)) {
        if (event.type === 'text-delta') text += event.text
      }
      return JSON.parse(text) as unknown
    }
  },
}

const aiPartials: Subject = {
  id: 'ai-partials',
  title: 'ai `streamText` + `Output.object`, `partialOutputStream`',
  package: 'ai',
  kind: 'anew',
  open(input) {
    return async () => {
      const model = aiModel(input.deltas)
      const result = streamText({ model, prompt: 'go', output: Output.object({ schema: input.schema }) })
      let items = 0
      for await (const _ of result.partialOutputStream) items++
      atLeast(items, input, 'partials')
      return await result.output
    }
  },
}

const aiText: Subject = {
  id: 'ai-text',
  title: 'ai `streamText`, `textStream`',
  package: 'ai',
  kind: 'none',
  open({ deltas }) {
    return async () => {
      let text = ''
      for await (const piece of streamText({ model: aiModel(deltas), prompt: 'go' }).textStream) text += piece
      return JSON.parse(text) as unknown
    }
  },
}

/** From a model's deltas to a consumer, with everything between. */
export const HANDLES: readonly Subject[] = [partials, data, text, loop, aiPartials, aiText]
