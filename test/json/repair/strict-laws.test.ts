import { deepStrictEqual } from 'node:assert/strict'
import { expect, test } from 'vitest'
import { z } from 'zod'

import { docOf, hasDuplicateKey, mutated, print, shuffled } from '../../partial/documents.ts'
import { isBelow, verdictOf } from '../../partial/reference.ts'
import { anySchema } from '../../partial/schemas.ts'
import { oneByOne, randomChunks } from '../../support/chunkings.ts'
import { property, runSize, type Choices } from '../../support/property.ts'
import { readAnswer, type Reading } from './read.ts'

z.config({ jitless: true }) // thousands of schemas that are used once: compiling each would be the whole cost

const SIZE = runSize('LAWS', 200)

/** What the schema makes of a value in another form: no matter of JSON. */
const BY_SCHEMA = [
  'null-for-absent',
  'absent-for-null',
  'key',
  'envelope',
  'stringified',
  'exact-digits',
  'rounded-number',
  'quoted-number',
  'quoted-boolean',
  'quoted-null',
  'letter-case',
  'wrapped',
]

/**
 * A literal may still be a word without quotes, and a number a date, so where readings of a union hang on it they live on
 * to its end.
 */
const IN_LITERAL = /(?:t|tr|tru|f|fa|fal|fals|n|nu|nul|-|[0-9][-+.0-9eE]*)$/

/** A comma may be repaired, and so may a key before its end: readings that hang on them live on to the next token. */
const IN_KEY = /(?:[{,]\s*"(?:[^"\\]|\\.)*\\?|,\s*)$/

/** The same partials after each chunk, but for chunks that end inside a literal. */
function expectSameShown(tolerant: Reading, strict: Reading, chunks: readonly string[], source: string): void {
  let text = ''
  for (const [index, { value }] of strict.shown.entries()) {
    text += chunks[index] ?? ''
    const { value: other } = tolerant.shown[index]!
    if (IN_LITERAL.test(text) || (IN_KEY.test(text) && isBelow(other, value))) continue
    // A number or literal at the root counts only if it is the whole text.
    if (other === undefined && /^\s*[-\dtfn]/.test(text)) continue
    deepStrictEqual(
      other,
      value,
      `after ${text}: ${JSON.stringify(other)} instead of ${JSON.stringify(value)}\n${source}`,
    )
  }
}

const isGood = ({ isDone, isFailed, issues }: Reading): boolean => isDone && !isFailed && issues.length === 0

function someDocument(
  choices: Choices,
  mutations: number,
): { schema: z.ZodType; source: string; text: string; isValid: boolean } {
  const sample = anySchema(choices, 3)
  let doc = docOf(sample.fit(choices))
  if (choices.chance(30)) doc = shuffled(choices, doc)
  for (let left = choices.below(mutations + 1); left > 0; left--) doc = mutated(choices, doc)
  const text = print(choices, doc)
  const verdict = verdictOf(sample.schema, JSON.parse(text))
  if (!verdict.success && verdict.isThrown) return someDocument(choices, mutations)
  return { schema: sample.schema, source: sample.source, text, isValid: verdict.success && !hasDuplicateKey(doc) }
}

test('a document that fits is read the same with `repair` on: partials, verdict, and no repair', () =>
  property(SIZE, (choices) => {
    const { schema, source, text, isValid } = someDocument(choices, 0)
    if (!isValid) return
    for (const chunks of [[text], oneByOne(text), randomChunks(choices, text)]) {
      const strict = readAnswer(schema, chunks, { repair: false })
      const tolerant = readAnswer(schema, chunks)
      deepStrictEqual(tolerant.repairs, [])
      expectSameShown(tolerant, strict, chunks, source)
      expect(isGood(tolerant)).toBe(isGood(strict))
      deepStrictEqual(tolerant.interpreter.raw(), JSON.parse(text))
    }
  }))

test('JSON that does not fit is repaired by its schema or not at all', () =>
  property(SIZE, (choices) => {
    const { schema, text } = someDocument(choices, 2)
    const chunks = choices.chance(50) ? oneByOne(text) : randomChunks(choices, text)
    const strict = readAnswer(schema, chunks, { repair: false })
    const tolerant = readAnswer(schema, chunks)
    for (const { kind } of tolerant.repairs) expect(BY_SCHEMA).toContain(kind)
    if (tolerant.repairs.length > 0) return
    expect(isGood(tolerant)).toBe(isGood(strict))
  }))
