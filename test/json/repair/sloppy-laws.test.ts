import { deepStrictEqual } from 'node:assert/strict'
import { expect, test } from 'vitest'
import { z } from 'zod'

import { isBelow, verdictOf } from '../../partial/reference.ts'
import { anySchema } from '../../partial/schemas.ts'
import { oneByOne, randomChunks } from '../../support/chunkings.ts'
import { property, runSize, type Choices } from '../../support/property.ts'
import { readAnswer } from './read.ts'
import { writeSloppily } from './sloppy.ts'

z.config({ jitless: true }) // thousands of schemas that are used once: compiling each would be the whole cost

const SIZE = runSize('LAWS', 120)

/** Read one character at a time there is no issue at any point, what is shown grows, and the end is `expected`. */
function expectRead(choices: Choices, schema: z.ZodType, text: string, expected: unknown, isExempt = false): void {
  const slow = readAnswer(schema, oneByOne(text))
  const { isDone, isFailed, issues, value, repairs, shown, interpreter } = slow
  try {
    expect({ isDone, isFailed, issues }).toEqual({ isDone: true, isFailed: false, issues: [] })
    deepStrictEqual(schema.parse(interpreter.raw()), expected)
    if (interpreter.unsure.length === 0) deepStrictEqual(value, expected)
    for (const [index, { value: next }] of shown.entries()) {
      const before = shown[index - 1]?.value
      if (!isExempt && !isBelow(before, next)) expect.fail(`${JSON.stringify(before)} is not ⊑ ${JSON.stringify(next)}`)
    }
    const other = readAnswer(schema, choices.chance(50) ? [text] : randomChunks(choices, text))
    deepStrictEqual({ value: other.value, repairs: other.repairs }, { value, repairs })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new Error(`text: ${text}\nread: ${JSON.stringify(value)}\n${message}`, { cause: error })
  }
}

test('what was written sloppily is read as it was meant, and never called wrong on the way', () =>
  property(SIZE, (choices) => {
    const sample = anySchema(choices, 3)
    const raw = sample.fit(choices)
    if (typeof raw !== 'object' || raw === null) return
    const verdict = verdictOf(sample.schema, raw)
    if (!verdict.success) return
    const text = writeSloppily(choices, raw)
    try {
      expectRead(choices, sample.schema, text, verdict.data, sample.isExempt)
    } catch (error) {
      throw new Error(`schema: ${sample.source}\n${(error as Error).message}`, { cause: error })
    }
  }))

const TICKET = z.object({
  severity: z.enum(['Low', 'Medium', 'In Review']),
  open: z.boolean(),
  points: z.number().min(-5).max(100).nullable(),
  labels: z.array(z.enum(['UI', 'Api'])),
  parts: z.array(z.object({ id: z.int(), scores: z.array(z.number()).optional() })),
})

test('values of another form than the schema wants', () =>
  property(SIZE, (choices) => {
    const meant = {
      severity: choices.pick(TICKET.shape.severity.options),
      open: choices.chance(50),
      points: choices.pick([0, 1.5, -3, 100, null]),
      labels: choices.many(3, () => choices.pick(['UI', 'Api'] as const)),
      parts: choices.many(2, () => ({
        id: choices.below(1000),
        ...(choices.chance(50) && { scores: choices.many(2, () => choices.below(10) / 2) }),
      })),
    }
    const inCase = (text: string): string => choices.pick([text, text.toLowerCase(), text.toUpperCase(), ` ${text}`])
    const quoted = (value: unknown): unknown => (choices.chance(40) ? String(value) : value)
    const single = (values: unknown[]): unknown => (values.length === 1 && choices.chance(50) ? values[0] : values)
    const written = {
      severity: inCase(meant.severity),
      open: quoted(meant.open),
      points: quoted(meant.points),
      labels: single(meant.labels.map(inCase)),
      parts: single(
        meant.parts.map(({ id, scores }) => ({
          id: quoted(id),
          ...(scores !== undefined && { scores: single(scores.map(quoted)) }),
        })),
      ),
    }
    expectRead(choices, TICKET, writeSloppily(choices, written), meant)
  }))

const TEXTS = z.object({ first: z.string(), list: z.array(z.string()), count: z.number(), last: z.string() })

/** Words, some in quotes, that hold no sign of a string's end but quotes. */
function prose(choices: Choices): string {
  const word = (): string => choices.pick(['one', 'two', 'été', '5', 'a.b', "it's", '(x)'])
  const piece = (): string =>
    choices.pick([
      word(),
      word(),
      `"${word()}"`,
      `"${word()} ${word()}"`,
      `("${word()}")`,
      `${word()},`,
      `"${word()}"?`,
      '5" wide',
    ])
  return [word(), ...choices.many(5, piece), word()].join(' ')
}

test('quotes inside strings that were not escaped', () =>
  property(SIZE, (choices) => {
    const meant = { first: prose(choices), list: choices.many(3, () => prose(choices)), count: 1, last: prose(choices) }
    const gap = choices.pick(['', ' ', '\n  '])
    const list = `[${gap}${meant.list.map((text) => `"${text}"`).join(`,${gap}`)}${gap}]`
    const text = `{${gap}"first": "${meant.first}",${gap}"list": ${list},${gap}"count": 1,${gap}"last": "${meant.last}"${gap}}`
    expectRead(choices, TEXTS, text, meant)
  }))
