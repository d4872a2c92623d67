import { deepStrictEqual } from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'

import { isBelow } from '../../partial/reference.ts'
import { oneByOne, randomChunks } from '../../support/chunkings.ts'
import { Choices } from '../../support/property.ts'
import { CORPUS } from './corpus/index.ts'
import { SCHEMAS, type Row } from './corpus/row.ts'
import { readAnswer, type Reading } from './read.ts'

const CLASSES = [...new Set(CORPUS.map((row) => row.class))]
const WAYS = 2

/** Whole, one character at a time, and at random. */
function* waysToCut(text: string): Generator<string[]> {
  yield [text]
  yield oneByOne(text)
  let state = text.length + 1
  const choices = new Choices(() => (state = (state * 48271) % 2147483647))
  for (let way = 0; way < WAYS; way++) yield randomChunks(choices, text, 1 + way * 4)
}

function expectRow(row: Row, reading: Reading): void {
  const { isDone, isFailed, issues, value } = reading
  if (row.isUnreadable) {
    expect(isDone && !isFailed && issues.length === 0, `read as ${JSON.stringify(value)}`).toBe(false)
    return
  }
  expect({ isDone, isFailed, issues }).toEqual({ isDone: true, isFailed: false, issues: [] })
  deepStrictEqual(value, row.value)
  const final = SCHEMAS[row.schema].parse(reading.interpreter.raw())
  deepStrictEqual(final, row.value)
  const kinds = reading.repairs.map(({ kind }) => kind)
  if (row.repairs !== null) expect(kinds.toSorted()).toEqual(row.repairs.toSorted())
}

/** Within one document, what is shown only grows, but for what turns out to be wrong. */
function expectMonotone({ shown }: Reading): void {
  for (const [index, { value, issues, document }] of shown.entries()) {
    const before = shown[index - 1]
    if (before === undefined || before.issues !== issues || before.document !== document) continue
    if (!isBelow(before.value, value)) expect.fail(`${JSON.stringify(before.value)} is not ⊑ ${JSON.stringify(value)}`)
  }
}

/** Every repair names a place whose text it quotes. */
function expectPlaces(text: string, { repairs }: Reading): void {
  for (const { kind, position, before } of repairs) {
    const isQuoted = ![
      'trailing-comma',
      'quoted-number',
      'quoted-boolean',
      'quoted-null',
      'letter-case',
      'wrapped',
      'key',
      'envelope',
      'stringified',
      'null-for-absent',
      'absent-for-null',
      'exact-digits',
      'rounded-number',
    ].includes(kind)
    if (isQuoted) expect(text.slice(position, position + before.length), kind).toBe(before)
  }
}

/** An issue in a string is found when a piece of it is seen: its place and words depend on the pieces. */
const essence = ({ value, isDone, isFailed, issues, repairs }: Reading) => ({
  value,
  isDone,
  isFailed,
  issues: issues.map(({ path, code }) => ({ path, code })),
  repairs,
})

describe('sloppy answers are read as a careful person would', () => {
  test('the corpus is large, and no text is in it twice', () => {
    expect(CORPUS.length).toBeGreaterThan(300)
    const seen = new Set(CORPUS.map(({ schema, text }) => `${schema} ${text}`))
    expect(seen.size).toBe(CORPUS.length)
  })

  test('every kind of repair is documented, and each that is documented is made', async () => {
    const text = await readFile(new URL('../../../docs/repair.md', import.meta.url), 'utf8')
    const documented = new Set([...text.matchAll(/^\| `([a-z-]+)` \|/gm)].map((match) => match[1]!))
    const made = new Set(
      CORPUS.flatMap(({ schema, text: answer }) =>
        readAnswer(SCHEMAS[schema], [answer]).repairs.map(({ kind }) => kind),
      ),
    )
    // Made where a cut answer is continued: test/stream/driver/heal/ and test/partial/resume/.
    expect(documented.delete('overlap')).toBe(true)
    expect(made).toEqual(documented)
  })

  describe.each(CLASSES)('%s', (name) => {
    test.each(
      CORPUS.filter((row) => row.class === name).map((row): [string, Row] => [
        `${row.schema}: ${JSON.stringify(row.text)}`,
        row,
      ]),
    )('%s', (_, row) => {
      const schema = SCHEMAS[row.schema]
      const whole = readAnswer(schema, [row.text])
      expectRow(row, whole)
      expectPlaces(row.text, whole)
      for (const chunks of waysToCut(row.text)) {
        const reading = readAnswer(schema, chunks)
        deepStrictEqual(essence(reading), essence(whole))
        if (!row.isUnreadable) expectMonotone(reading)
      }
    })
  })
})
