import { deepStrictEqual } from 'node:assert'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import { DocumentInterpreter } from '../../src/partial/document/document-interpreter.ts'
import { zodNode } from '../../src/schema/zod/nodes.ts'
import '../support/load-zod.ts'
import { randomChunks } from '../support/chunkings.ts'
import { property, runSize, type Choices } from '../support/property.ts'
import { hasZod4 } from '../support/zod-version.ts'
import { docOf, print } from './documents.ts'
import { everyPlace, valueAt, verdictOf } from './reference.ts'
import { anySchema } from './schemas.ts'

z.config({ jitless: true }) // thousands of schemas that are used once: compiling each would be the whole cost

const SIZE = runSize('LAWS', 200)

interface Case {
  source: string
  text: string
  raw: unknown
  data: unknown
  interpreter: DocumentInterpreter
}

/** A document that fits a schema, or null. */
function fittingCase(choices: Choices): Case | null {
  const sample = anySchema(choices, 3)
  const text = print(choices, docOf(sample.fit(choices)))
  const raw: unknown = JSON.parse(text)
  const verdict = verdictOf(sample.schema, raw)
  if (!verdict.success) return null
  const interpreter = new DocumentInterpreter(zodNode(sample.schema), null, {
    repair: false,
    maxDepth: 64,
    maxIssues: 100,
  })
  return { source: sample.source, text, raw, data: verdict.data, interpreter }
}

/** A place of the data that is the text's own: what is there in both satisfies `test`. */
function somePlace(
  choices: Choices,
  { raw, data }: Case,
  test: (inRaw: unknown, inData: unknown) => boolean,
): (string | number)[] | null {
  const places = [...everyPlace(data)].filter(([path, inData]) => test(valueAt(raw, path), inData))
  return places.length === 0 ? null : [...choices.pick(places)[0]]
}

describe('observers', () => {
  test('watchElements: with those that were complete before, each element of a valid array once, in order', () =>
    property(SIZE, (choices) => {
      const it = fittingCase(choices)
      if (it === null || /atomic|required|transform|pipe|codec|preprocess|catch|intersection/.test(it.source)) return
      const path = somePlace(
        choices,
        it,
        (inRaw, inData) => Array.isArray(inRaw) && Array.isArray(inData) && inRaw.length === inData.length,
      )
      if (path === null) return
      const { interpreter } = it
      const chunks = randomChunks(choices, it.text, 5)
      const attachAt = choices.below(chunks.length)
      const elements: unknown[] = []
      for (const [index, chunk] of chunks.entries()) {
        if (index === attachAt) {
          elements.push(...interpreter.completedElements(path))
          interpreter.hub.addElements({ path, listener: (element) => elements.push(element) })
        }
        interpreter.push(chunk)
        if (choices.chance(30)) interpreter.snapshot()
      }
      try {
        deepStrictEqual(elements, valueAt(it.data, path))
      } catch (error) {
        expect.fail(
          `${it.source}\n${it.text} cut as ${JSON.stringify(chunks)}, attached at ${attachAt}\n${JSON.stringify(path)}: ${JSON.stringify(elements)}\n${String(error)}`,
        )
      }
    }))

  test('watchField: the pieces are the string, and the last one says so once', () =>
    property(SIZE, (choices) => {
      const it = fittingCase(choices)
      if (it === null || /required|trim|Lower|normalize|catch|coerce/.test(it.source)) return
      // Before 4.5, most intersections are shown when they are complete.
      if (!hasZod4(5) && it.source.includes('intersection')) return
      const path = somePlace(choices, it, (inRaw, inData) => typeof inRaw === 'string' && inRaw === inData)
      if (path === null) return
      const { interpreter } = it
      const chunks = randomChunks(choices, it.text, 5)
      const attachAt = choices.below(chunks.length)
      const pieces: [piece: string, isDone: boolean][] = []
      for (const [index, chunk] of chunks.entries()) {
        if (index === attachAt) interpreter.watchField(path, (...piece) => pieces.push(piece))
        interpreter.push(chunk)
      }
      const wanted = { text: valueAt(it.data, path), done: [...pieces.slice(1).map(() => false), true] }
      const got = { text: pieces.map(([piece]) => piece).join(''), done: pieces.map(([, isDone]) => isDone) }
      try {
        deepStrictEqual(got, wanted)
      } catch (error) {
        expect.fail(
          `${it.source}\n${it.text} cut as ${JSON.stringify(chunks)}, attached at ${attachAt}\n${JSON.stringify(path)}: ${JSON.stringify(pieces)}\n${String(error)}`,
        )
      }
    }))
})
