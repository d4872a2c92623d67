import { partialParse as anthropicParse } from '@anthropic-ai/sdk/_vendor/partial-json-parser/parser'
import { JSONParser } from '@streamparser/json'
import { parsePartialJson } from 'ai'
import { jsonrepair } from 'jsonrepair'
import { parse as riverParse } from 'jsonriver'
import { partialParse as openaiParse } from 'openai/_vendor/partial-json-parser/parser'
import { parse as partialParse } from 'partial-json'
import { reparsing, type Subject } from './subject.ts'

/** Throws where there is nothing to show yet; callers of these libraries have to do the same. */
function attempt(parse: (text: string) => unknown): (text: string) => unknown {
  return (text) => {
    try {
      return parse(text)
    } catch {
      return undefined
    }
  }
}

const ai = reparsing({ id: 'ai', title: 'ai `parsePartialJson`', package: 'ai' }, async (text) => {
  const { value } = await parsePartialJson(text)
  return value
})

const partialJson = reparsing(
  { id: 'partial-json', title: 'partial-json', package: 'partial-json' },
  attempt((text) => partialParse(text)),
)

/** The copy that the SDK's stream helpers parse every delta with; the package exports it by this path. */
const openai = reparsing({ id: 'openai', title: 'openai `partialParse`', package: 'openai' }, attempt(openaiParse))

const anthropic = reparsing(
  { id: 'anthropic', title: '@anthropic-ai/sdk `partialParse`', package: '@anthropic-ai/sdk' },
  attempt(anthropicParse),
)

const repair = reparsing(
  { id: 'jsonrepair', title: 'jsonrepair + `JSON.parse`', package: 'jsonrepair' },
  attempt((text) => JSON.parse(jsonrepair(text))),
)

const river: Subject = {
  id: 'jsonriver',
  title: 'jsonriver',
  package: 'jsonriver',
  kind: 'mutable',
  open:
    ({ deltas }) =>
    async () => {
      let value: unknown
      for await (value of riverParse(iterate(deltas)));
      return value
    },
}

/** The cheapest asynchronous source there can be. */
function iterate(deltas: readonly string[]): AsyncIterable<string> {
  return {
    [Symbol.asyncIterator]() {
      let index = 0
      return {
        next() {
          const value = deltas[index++]
          return Promise.resolve(
            value === undefined ? { done: true as const, value: undefined } : { done: false as const, value },
          )
        },
      }
    },
  }
}

const streamparser: Subject = {
  id: 'streamparser',
  title: '@streamparser/json',
  package: '@streamparser/json',
  kind: 'mutable',
  open:
    ({ deltas }) =>
    () => {
      let value: unknown
      const parser = new JSONParser({ paths: ['$'], emitPartialTokens: true, emitPartialValues: true })
      parser.onValue = (info) => {
        value = info.value
      }
      for (const delta of deltas) parser.write(delta)
      return value
    },
}

/** Everyone else's way from text so far to value so far. */
export const PARSERS: readonly Subject[] = [ai, partialJson, openai, anthropic, repair, river, streamparser]
