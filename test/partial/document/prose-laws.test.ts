import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { z } from 'zod'

import { readAnswer } from '../../json/repair/read.ts'
import { oneByOne, randomChunks } from '../../support/chunkings.ts'
import { property, runSize, type Choices } from '../../support/property.ts'
import { proseCase, type Values } from './prose.ts'

z.config({ jitless: true })

const SIZE = runSize('LAWS', 500)

const word = (choices: Choices): string => choices.pick(['Blade', 'Alien', 'a "b" c', 'x {y} z', 'see [1]', 'Up'])

const film = (choices: Choices, number: number): Record<string, unknown> => ({
  title: `${word(choices)} ${number}`,
  ...(choices.chance(50) && { year: 1900 + choices.below(200) }),
  ...(choices.chance(30) && { cast: choices.many(2, () => word(choices)) }),
  ...(choices.chance(20) && { discount: { year: choices.below(9) } }),
})
const atLeastOne = <T>(choices: Choices, make: () => T): T[] => [make(), ...choices.many(2, make)]

const FILM = z.object({
  title: z.string().optional(),
  year: z.number().optional(),
  cast: z.array(z.string()).optional(),
  discount: z.object({ year: z.number().optional() }).optional(),
})

/** Schemas that nearly everything fits. */
const WEAK: Record<string, Values> = {
  'everything optional': { schema: FILM, make: film, isList: false },
  record: { schema: z.record(z.string(), z.any()), make: film, isList: false },
  any: {
    schema: z.any(),
    make: (choices, number) =>
      choices.chance(50) ? film(choices, number) : atLeastOne(choices, () => film(choices, number)),
    isList: false,
  },
  'list of optional rows': {
    schema: z.array(FILM),
    make: (choices, number) => atLeastOne(choices, () => film(choices, number)),
    isList: true,
  },
  'list of strings': {
    schema: z.array(z.string()),
    make: (choices, number) => atLeastOne(choices, () => `${word(choices)} ${number}`),
    isList: false,
  },
  'list of numbers': {
    schema: z.array(z.number()),
    make: (choices, number) => [number * 100, ...choices.many(3, () => choices.below(50))],
    isList: false,
  },
  'list of any': {
    schema: z.array(z.any()),
    make: (choices, number) => [number * 100, ...choices.many(2, () => film(choices, number))],
    isList: false,
  },
}

/** Counts by kind: a case that may fail is an error in so many of the cases. */
const counts = new Map<string, { right: number; errors: number }>()

test('an answer amid prose, drafts, examples, thoughts and noise is the right one or an error, however it is cut', async () => {
  let wrong = 0
  await property(SIZE, (choices) => {
    const name = choices.pick(Object.keys(WEAK))
    const values = WEAK[name]!
    const { kind, text, right, mayFail } = proseCase(choices, values)
    const whole = readAnswer(values.schema, [text])
    const isSuccess = whole.isDone && !whole.isFailed && whole.issues.length === 0
    const value = isSuccess ? whole.interpreter.raw() : undefined
    const isRight = isSuccess && right !== undefined && isDeepStrictEqual(value, right.value)
    const about = `${name}, ${kind}\n${text}\nread: ${JSON.stringify(value)}\nright: ${JSON.stringify(right?.value)}`
    if (isSuccess && !isRight) {
      wrong++
      expect.fail(`a wrong success: ${about}`)
    }
    if (!isSuccess && !mayFail) {
      expect.fail(`an error: ${JSON.stringify(whole.issues)} ${whole.interpreter.failure?.message ?? ''}\n${about}`)
    }
    const count = counts.get(kind) ?? { right: 0, errors: 0 }
    counts.set(kind, count)
    count[isRight ? 'right' : 'errors']++
    const other = readAnswer(values.schema, choices.chance(50) ? oneByOne(text) : randomChunks(choices, text))
    const outcome = ({ isDone, isFailed, issues, value: shown }: typeof whole) => ({
      isDone,
      isFailed,
      issues: issues.map(({ code, path, position }) => ({ code, path, position })),
      shown,
    })
    if (!isDeepStrictEqual(outcome(other), outcome(whole)))
      expect.fail(`cut otherwise, read otherwise: ${JSON.stringify([outcome(whole), outcome(other)])}\n${about}`)
  })
  expect(wrong).toBe(0)
  if (process.env['LAWS_CASES'] !== undefined) console.log(Object.fromEntries(counts))
  // What may fail is rarely an error all the same.
  for (const kind of ['a draft before it', 'a correction', 'an example before it', 'answer on a line of prose']) {
    const { right, errors } = counts.get(kind)!
    expect(right / (right + errors), kind).toBeGreaterThan(0.6)
  }
})

/** Values without brackets, in what may be around them and in what may not. */
const SCALARS: Record<string, { schema: z.ZodType; make(choices: Choices): unknown }> = {
  'a string': { schema: z.string(), make: word },
  'a number': { schema: z.number(), make: (choices) => choices.below(5000) / 4 },
  'a boolean': { schema: z.boolean(), make: (choices) => choices.chance(50) },
  'a string or a number': { schema: z.union([z.string(), z.number()]), make: (choices) => choices.pick([7, 'seven']) },
  any: { schema: z.any(), make: (choices) => choices.pick<unknown>([7, 1.5, 'seven', true, null]) },
}
const AROUND_WHOLE = [
  '#',
  ' #\n',
  '```json\n#\n```',
  '```\n#\n```\n',
  '<think>8? "no"</think>\n#',
  '<think>x</think>```\n#\n```',
]
const AROUND_PART = [
  'It is #.',
  'The answer: #',
  '#, or so',
  '# or #',
  '#/5',
  '#,111',
  '# + #',
  '#-10-18',
  '# [1]',
  '#x',
  'Maybe #?',
  '- #\n- #',
]

test('a value without brackets is the answer only if it is the whole text', () =>
  property({ ...SIZE, cases: Math.ceil(SIZE.cases / 3) }, (choices) => {
    const [name, { schema, make }] = choices.pick(Object.entries(SCALARS))
    const value = make(choices)
    const isWhole = choices.chance(50)
    const around = choices.pick(isWhole ? AROUND_WHOLE : AROUND_PART)
    const text = around.replaceAll('#', JSON.stringify(value))
    for (const chunks of [[text], oneByOne(text), randomChunks(choices, text)]) {
      const { isDone, isFailed, issues, interpreter } = readAnswer(schema, chunks)
      const isSuccess = isDone && !isFailed && issues.length === 0
      const got = isSuccess ? { value: interpreter.raw() } : 'an error'
      const right = isWhole ? { value } : 'an error'
      expect(got, `${name}\n${text}`).toEqual(right)
    }
  }))
