import { expect, test } from 'vitest'
import { z } from 'zod'

import type { DocumentInterpreter } from '../../../src/partial/document/document-interpreter.ts'
import { readAnswer } from '../../json/repair/read.ts'
import { oneByOne, randomChunks } from '../../support/chunkings.ts'
import { property, runSize, type Choices } from '../../support/property.ts'
import { proseCase, type Values } from './prose.ts'

z.config({ jitless: true })

const SIZE = runSize('LAWS', 150)

/** Repairs that say what was left out, from `position` on. */
const AROUND = new Set(['byte-order-mark', 'text-before', 'code-fence', 'thinking', 'text-after', 'draft'])
/** Characters of `before` that a repair keeps. */
const KEPT = 2000

const row = (choices: Choices, number: number): Record<string, unknown> => ({
  title: `${choices.pick(['Blade', 'a "b" {c} [d]', 'x\\y', '</think>', '```'])} ${number}`,
  ...(choices.chance(40) && { year: number * 1000 }),
})
const ROW = z.object({ title: z.string().optional(), year: z.number().optional() })

const SCHEMAS: Values[] = [
  { schema: ROW, make: row, isList: false },
  { schema: z.any(), make: row, isList: false },
  { schema: z.array(ROW), make: (choices, number) => [row(choices, number), row(choices, 9)], isList: true },
  { schema: z.array(z.number()), make: (choices, number) => [number * 100, choices.below(9)], isList: false },
  { schema: z.string(), make: (choices, number) => `${choices.pick(['a', 'b "c"'])} ${number}`, isList: false },
]

test('each character that is not the answer is listed as a repair, however the text is cut', async () => {
  let successes = 0
  await property(SIZE, (choices) => {
    const values = choices.pick(SCHEMAS)
    const { kind, text: body } = proseCase(choices, values)
    const text =
      choices.pick(['', '', '\uFEFF', '<think>hm {"title": 1}</think>', 'So {"title": ""}?</think>\n']) + body
    for (const chunks of [[text], choices.chance(50) ? oneByOne(text) : randomChunks(choices, text)]) {
      const { isDone, isFailed, issues, interpreter } = readAnswer(values.schema, chunks)
      if (!isDone || isFailed || issues.length > 0) continue
      successes++
      const left = uncovered(text, interpreter)
      expect(left, `${kind}\n${text}\n${JSON.stringify(interpreter.repairs)}`).toBe('')
    }
  })
  expect(successes).toBeGreaterThan(SIZE.cases / 2)
})

/** Characters that are neither white space, nor in the document, nor in a repair around it. */
function uncovered(text: string, { documents, repairs }: DocumentInterpreter): string {
  const { start, rows } = documents.at(-1)!
  const end = endOfValue(text, rows.at(-1) ?? start)
  const spans = repairs.filter(({ kind }) => AROUND.has(kind)).map(spanOf)
  expect(spans.filter(([from, to]) => from < end && to > start)).toEqual([])
  const isCovered = (at: number): boolean =>
    (at >= start && at < end) || spans.some(([from, to]) => at >= from && at < to)
  return Array.from(text, (character, at) => ({ character, at }))
    .filter(({ character }) => character.trim() !== '' || character === '\uFEFF')
    .filter(({ at }) => !isCovered(at))
    .map(({ character, at }) => `${at}${character}`)
    .join(' ')
}

function spanOf({ position, before }: { position: number; before: string }): [from: number, to: number] {
  return [position, position + (before.length >= KEPT ? Infinity : before.length)]
}

/** Where the strict JSON that begins at `start` ends. */
function endOfValue(text: string, start: number): number {
  let depth = 0
  const tokens = /"(?:[^"\\]|\\.)*"|[{[]|[}\]]|[^\s{}[\]",:`~<]+|\s+|./gy
  tokens.lastIndex = start
  for (let token = tokens.exec(text); token !== null; token = tokens.exec(text)) {
    if (/^[{[]/.test(token[0])) depth++
    else if (/^[}\]]/.test(token[0])) depth--
    if (depth === 0 && token[0].trim() !== '') return tokens.lastIndex
  }
  return text.length
}
