import { deepStrictEqual } from 'node:assert/strict'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import { readAnswer, type Reading } from '../../json/repair/read.ts'
import { everySplit, oneByOne } from '../../support/chunkings.ts'

const SCHEMAS = {
  any: z.any(),
  film: z.object({ title: z.string(), year: z.number().optional() }),
  optional: z.object({ title: z.string().optional(), price: z.number().optional(), discount: z.any().optional() }),
  record: z.record(z.string(), z.any()),
  rows: z.array(z.object({ n: z.string() })),
  optionalRows: z.array(z.object({ t: z.string().optional(), n: z.string().optional() })),
  texts: z.array(z.string()),
  numbers: z.array(z.number()),
  list: z.array(z.any()),
  number: z.number(),
  text: z.string(),
  boolean: z.boolean(),
  option: z.enum(['One', 'Two words', 'naïve résumé', 'facture']),
  options: z.array(z.enum(['k1', 'k-2', 'NUMBER THREE'])),
}

/** No value is right, but an error. */
const ERROR = Symbol('an error')
const SEVERAL = Symbol('several_values')
const NOTHING = Symbol('no document')

type Row = [schema: keyof typeof SCHEMAS, text: string, right: unknown]

const AB = [{ n: 'a' }, { n: 'b' }]

const TABLE: Record<string, Row[]> = {
  'two that are put side by side': [
    ...['or', 'and', 'vs.', 'becomes', '->', '=>', '→', '|', '/'].map((word): Row => [
      'optional',
      `{"price":1} ${word} {"price":2}`,
      SEVERAL,
    ]),
    ['optional', 'Either {"price":1} or {"price":2}.', SEVERAL],
    ['optional', 'Sure:\n{"price":1} or {"price":2}', SEVERAL],
    ['optional', '{"price":1} or {}', { price: 1 }],
    ['optional', '{"price":1} or so, see {"price":2}', { price: 1 }],
    ['optional', '{"price":1} or {"price":1}', { price: 1 }],
  ],
  'the rows of the issue': [
    ['rows', '[{"n":"a"},{"n":"b"}] If there were none, I would return [].', AB],
    ['rows', '[{"n":"a"},{"n":"b"}]\n\nIf there were none, I would return [].', AB],
    ['texts', '["a","b"]\n- [ ] review', ['a', 'b']],
    ['texts', '["a","b"]\n\nNext:\n- [ ] review\n- [x] write', ['a', 'b']],
    ['numbers', '[5, 6, 7] (see [1])', [5, 6, 7]],
    ['film', '{"title":"Blade"}\nExample of another film: {"title":"Alien"}', { title: 'Blade' }],
    ['optional', '```json\n{"title":"Blade"}\n```\nUse it like `fetch(url, {})`.', { title: 'Blade' }],
    ['optional', '```json\n{"title":"Blade"}\n```\nUsage:\n```js\nfetch(url, {})\n```', { title: 'Blade' }],
    ['film', 'Example: {"title":"Alien"} Answer: {"title":"Blade"', ERROR],
    ['film', 'I\'m sorry, I can\'t help with that. An answer would look like {"title":"Alien"}.', NOTHING],
    ['film', 'Which film do you mean? For example: {"title":"Alien"}', NOTHING],
    ['film', 'Do you mean {"title":"Alien"}?', NOTHING],
    ['optional', 'Sure: {"price": 1,234, "discount":{"price": 5}}', ERROR],
    ['optional', '{"price": 1,234, "discount":{"price": 5}}', ERROR],
    ['optionalRows', 'Here: [{"t":"x"},{"t":<"q">}]', ERROR],
    ['optionalRows', 'Here: [{"t":"x"},{"t":("q")}]', ERROR],
    ['optionalRows', 'Here:\n[{"t":"x"},{"t":("q")}]', ERROR],
    ['optionalRows', '[{"t":"x"},{"t":("q")}]', [{ t: 'x' }, { t: 'q' }]],
    ['optionalRows', '```json\n[{"t":"x"},{"t":("q")}]\n```', [{ t: 'x' }, { t: 'q' }]],
    ['optionalRows', "Here: [{'t':'x'},{'t':('q')}]", [{ t: 'x' }, { t: 'q' }]],
    ['optionalRows', 'Here: [{"t":"x"},{"t":(\'q\')}]', [{ t: 'x' }, { t: 'q' }]],
    ['number', '12,111', ERROR],
    ['number', '2 or 3', ERROR],
    ['number', '1/5', ERROR],
    ['number', '2024-10-18', ERROR],
    ['any', 'nullx', ERROR],
    ['text', '"a 24" screen"', ERROR],
    ['numbers', '[1][2]', SEVERAL],
    ['any', '{"key":"value"}, []', SEVERAL],
  ],
  'brackets in prose are not documents': [
    ['numbers', 'As [1] and [2] say, the numbers are these:\n[5, 6, 7]', [5, 6, 7]],
    ['numbers', '[5, 6, 7]\n\n[1] Smith, 2020\n[2] Jones, 2021', [5, 6, 7]],
    ['numbers', '[5, 6, 7]\n\n[1]: https://example.org', [5, 6, 7]],
    ['texts', '- [ ] first\n- [x] second\n\n["a"]', ['a']],
    ['optional', 'With {} left out, it is this:\n{"title":"Blade"}', { title: 'Blade' }],
    ['numbers', 'See [1].', NOTHING],
    ['list', 'Nothing was found (see [1, 2]).', NOTHING],
  ],
  'thoughts are not answers': [
    ['film', '<think>{"title":"A"}</think>{"title":"B"}', { title: 'B' }],
    ['film', 'Okay, {"title":"A"} perhaps.\n</think>\n\n{"title":"B"}', { title: 'B' }],
    ['film', '{"title":"A"}\n</think>\n{"title":"B"}', { title: 'B' }],
    ['film', 'Maybe {"title": ...} fits.\n</think>\n{"title":"B"}', { title: 'B' }],
    ['film', 'Hm.\n{"title": ...}\n</think>\n{"title":"B"}', { title: 'B' }],
    ['film', '{"title":"A"}\n</think>\nNo.', NOTHING],
    ['film', 'Sure. <think>{"title":"A"}</think>\n{"title":"B"}', { title: 'B' }],
    ['film', '<thinking>{"title":"A"}</thinking>\n{"title":"B"}', { title: 'B' }],
    ['film', '<think>{"title":"A"}', NOTHING],
    ['number', '<think>41?</think>\n42', 42],
  ],
  'drafts and corrections': [
    ['film', 'Draft: {"title":"A"}\nFinal: {"title":"B"}', { title: 'B' }],
    [
      'film',
      'A first draft:\n```json\n{"title":"A"}\n```\nThe final answer:\n```json\n{"title":"B"}\n```',
      { title: 'B' },
    ],
    ['film', '{"title":"A"}\nWait, that is wrong.\n{"title":"B"}', { title: 'B' }],
    ['film', '{"title":"A"} No, better: {"title":"B"}', { title: 'B' }],
    ['film', '```json\n{"title":"A"}\n```\nCorrection:\n```json\n{"title":"B"}\n```', { title: 'B' }],
    ['film', 'Input: {"title":"A"}\nOutput: {"title":"B"}', { title: 'B' }],
    ['film', '{"title":"A"}\nWait, correction:\n{"titel":"B"}', ERROR],
    ['film', '{"title":"A"}\nWait, correction:\n{"title":"B', ERROR],
    ['film', '{"title":"A"}\nWait, correction:\n{', ERROR],
    ['rows', '[{"n":"a"}]\nCorrection: there are none:\n[]', SEVERAL],
    ['film', '```json\n{"title":"A"}\n```\nCorrection: {"title":"B"}', SEVERAL],
    ['film', '{"title":5}\n{"title":"B"}', { title: 'B' }],
    ['film', 'I thought of {"title":"A"} at first.\n\n```json\n{"title":"B"}\n```', { title: 'B' }],
  ],
  'two equals': [
    ['film', '{"title":"A"}\n{"title":"B"}', SEVERAL],
    ['film', '{"title":"A"} {"title":"B"}', SEVERAL],
    ['film', '```json\n{"title":"A"}\n```\n```json\n{"title":"B"}\n```', SEVERAL],
    ['film', '```json\n{"title":"A"}\n{"title":"B"}\n```', SEVERAL],
    ['film', 'One: {"title":"A"}\nTwo: {"title":"B"}', SEVERAL],
    ['film', '{"title":"A","year":1}\n{"year":1,"title":"A"}', { title: 'A', year: 1 }],
    ['film', '{"title":"A"}\n{"title":"B', ERROR],
    ['record', '{"a":2}{}', SEVERAL],
    ['any', 'A person: {"a": 1}\nA place: {"b": 2}\nA thing: {"c": 3}', SEVERAL],
  ],
  'the first is more prominent': [
    ['film', '```json\n{"title":"A"}\n```\nAlso: {"title":"B"}', { title: 'A' }],
    ['film', '{"title":"A"}\nOne could say {"title":"B"} as well.', { title: 'A' }],
    ['record', '{"a":1}\nThe call `f({"b":2})` needs it.', { a: 1 }],
  ],
  'JSON lines where a list is wanted': [
    ['rows', '{"n":"a"}\n{"n":"b"}', AB],
    ['rows', '{"n":"a"},\n{"n":"b"}', AB],
    ['rows', '{"n":"a"} {"n":"b"}\n', AB],
    ['rows', 'Two rows:\n```\n{"n":"a"}\n{"n":"b"}\n```\nDone.', AB],
    ['rows', '```json\n{"n":"a"}\n```\n```json\n{"n":"b"}\n```', AB],
    ['rows', '- {"n":"a"}\n- {"n":"b"}', AB],
    ['rows', '1. {"n":"a"}\n2. {"n":"b"}', AB],
    ['rows', '{"n":"a"}\n{"n":"a"}', [{ n: 'a' }, { n: 'a' }]],
    ['optionalRows', '{"n":"a"}\n{"t":"b"}', [{ n: 'a' }, { t: 'b' }]],
    ['list', '{"n":"a"}\n{"n":"b"}', AB],
    ['rows', '{"n":"a"}\n{"n":"b', ERROR],
    ['rows', '{"n":"a"}\n{"n":5}', ERROR],
    ['rows', '{"n":"a"}\n{"n":"b"]', ERROR],
    ['rows', '{"n":"a"}\nAnd then:\n{"n":"b"}', SEVERAL],
    ['rows', '[{"n":"a"}]\n[{"n":"b"}]', SEVERAL],
    ['rows', '{"n":"a"}', [{ n: 'a' }]],
  ],
  'values without brackets are the whole text': [
    ['number', '42', 42],
    ['number', '```json\n42\n```', 42],
    ['any', '```\n42\n```\n', 42],
    ['any', '"x"', 'x'],
    ['text', '"x"', 'x'],
    ['boolean', 'true', true],
    ['any', 'null', null],
    ['number', 'It is 42.', NOTHING],
    ['option', 'One', 'One'],
    ['option', 'one\n', 'One'],
    ['option', 'Two words', 'Two words'],
    ['option', 'naïve résumé', 'naïve résumé'],
    ['option', 'facture', 'facture'],
    ['option', '```\nOne\n```', 'One'],
    ['option', 'Three', NOTHING],
    ['option', 'It is One.', NOTHING],
    ['option', 'One or Two words', NOTHING],
    ['options', 'Like this!\n```json    \n[k1, "k-2", "NUMBER THREE"]\n```\n', ['k1', 'k-2', 'NUMBER THREE']],
    ['text', 'I cannot help with that.', NOTHING],
    ['text', 'Hello', NOTHING],
    ['text', "'Hello'", 'Hello'],
    ['text', '“Hello”', 'Hello'],
    ['any', '“Hello”', 'Hello'],
    ['any', "'Rounded “ quote'", 'Rounded “ quote'],
    ['any', 'True', true],
    ['boolean', 'True', true],
    ['boolean', 'True story', NOTHING],
    ['any', 'None', null],
    ['number', '.3', 0.3],
    ['numbers', 'The tuple:\n```json\n(1, 2)\n```', [1, 2]],
    ['any', 'The tuple:\n```\n(1, "a")\n```', [1, 'a']],
    ['film', '{"title":"A"}, "year": 5}', ERROR],
    ['record', '{"a":"b"},\n  "c": {"d": 1}}', ERROR],
    ['numbers', '[1, 2], 3]', ERROR],
    ['any', '"a" + "b"', ERROR],
    ['any', '1,2,3', ERROR],
    ['any', 'true1', ERROR],
    ['any', '1e2E3', ERROR],
    ['any', '1.2.3', ERROR],
    ['any', '12 items:\n{"a": 1}', { a: 1 }],
    ['any', ' - { "a": ["b", "c"] }', { a: ['b', 'c'] }],
  ],
  'a document in a string': [
    ['film', String.raw`"{\"title\":\"A\"}"`, { title: 'A' }],
    ['film', String.raw`"{\"title\":\"A\",\"year\":5}" `, { title: 'A', year: 5 }],
    ['rows', String.raw`"[{\"n\":\"a\"}, {\"n\":\"b\"}]"`, AB],
    ['numbers', '"[1, 2]"', [1, 2]],
    ['film', String.raw`"{\n  \"title\": \"A\"\n}"`, { title: 'A' }],
    ['text', String.raw`"{\"title\":\"A\"}"`, '{"title":"A"}'],
    ['any', String.raw`"{\"title\":\"A\"}"`, '{"title":"A"}'],
    ['film', String.raw`"{\"title\":5}"`, ERROR],
    ['film', String.raw`"{\"title\":\"A\"}" {"title":"B"}`, ERROR],
    ['film', String.raw`"{\"title\":\"A\""`, ERROR],
    ['film', '"{name}" was missing: {"title":"A"}', { title: 'A' }],
    ['any', String.raw`\"foo\"`, 'foo'],
    ['text', String.raw`\"foo, \\"bar\\"\"`, 'foo, "bar"'],
    ['any', String.raw`\"foo\" bar`, NOTHING],
  ],
  'one value where a list is wanted': [
    ['texts', '"a"', ['a']],
    ['texts', '```\n"a"\n```', ['a']],
    ['numbers', '5', [5]],
    ['numbers', '"5"', [5]],
    ['list', 'true', [true]],
    ['texts', '""', ERROR],
    ['texts', '"null"', ERROR],
    ['texts', 'null', ERROR],
    ['rows', '5', NOTHING],
    ['numbers', '5 apples', NOTHING],
    ['numbers', '5,', NOTHING],
    ['texts', '```\n"a",\n```', NOTHING],
  ],
  'emphasis around all of the text': [
    ['number', '**5**', 5],
    ['number', '`5`\n', 5],
    ['option', '**One**', 'One'],
    ['option', '_two words_', 'Two words'],
    ['boolean', '`true`', true],
    ['text', '`"a"`', 'a'],
    ['text', '**Hello**', NOTHING],
    ['number', '**5** or 6', ERROR],
    ['number', '**5', ERROR],
    ['number', '5**', ERROR],
    ['number', '**5**6**', ERROR],
  ],
  'a comma after a value without brackets': [
    ['number', '4,', 4],
    ['any', '4 ,\n', 4],
    ['any', '"a, b",', 'a, b'],
    ['boolean', '```\ntrue,\n```', true],
    ['number', '4,,', ERROR],
    ['number', '4,5', ERROR],
    ['any', '"a", "b"', ERROR],
    ['any', '4, or so', ERROR],
  ],
  'words that are not evidence': [
    ['film', 'As you can see: {"title":"A"}', { title: 'A' }],
    ['film', 'After thinking about it: {"title":"A"}', { title: 'A' }],
    ['film', 'The best choice would be: {"title":"A"}', { title: 'A' }],
    ['film', 'If you can\'t decide: {"title":"A"}', { title: 'A' }],
    ['film', 'See https://example.org/a for more.\n{"title":"A"}', { title: 'A' }],
    ['film', 'Here is a response formatted as schema:\n```json\n{"title":"A"}\n```', { title: 'A' }],
    ['film', 'I can\'t find more, but here is what I have: {"title":"A"}', { title: 'A' }],
  ],
  'a call is the whole text': [
    ['record', 'callback({"a":1});', { a: 1 }],
    ['any', '/* x */ callback_1({})', {}],
    ['any', 'callback([1, 2])\n', [1, 2]],
    ['any', 'callback_123(2);', 2],
    ['number', 'my.callback( -1.5 )', -1.5],
    ['text', 'jsonp("a) b");\n', 'a) b'],
    ['any', 'callback(null)', null],
    ['boolean', 'callback(true);', true],
    ['any', 'ObjectId("507f")', NOTHING],
    ['text', 'print("a")', NOTHING],
    ['any', 'callback(2, 3)', NOTHING],
    ['any', 'callback(2) is it', NOTHING],
    ['number', 'callback("a")', ERROR],
    ['record', 'fetch({"a":1}) is how it is called.', NOTHING],
    ['record', 'It is called so:\nfetch({"a":1})', NOTHING],
  ],
  'a list where an object is wanted isn’t searched for one': [
    ['optional', 'Here it is: [{"title":"A"}]', ERROR],
    ['optional', '[{"title":"A"},{"title":"B"}]', ERROR],
  ],
}

function expectRight(right: unknown, { isDone, isFailed, issues, interpreter }: Reading): void {
  const codes = issues.map(({ code }) => code)
  switch (right) {
    case ERROR:
      expect(isDone && !isFailed && issues.length === 0).toBe(false)
      return
    case SEVERAL:
      expect({ isDone, codes }).toEqual({ isDone: true, codes: ['several_values'] })
      return
    case NOTHING:
      expect({ isDone, isStarted: interpreter.isStarted }).toEqual({ isDone: false, isStarted: false })
      return
    default:
      expect({ isDone, isFailed, codes }).toEqual({ isDone: true, isFailed: false, codes: [] })
      deepStrictEqual(interpreter.raw(), right)
  }
}

describe('which document of a text is the answer', () => {
  describe.each(Object.entries(TABLE))('%s', (_, rows) => {
    test.each(rows.map((row): [string, Row] => [`${row[0]}: ${JSON.stringify(row[1])}`, row]))(
      '%s, however the text is cut',
      (_name, [schema, text, right]) => {
        const whole = readAnswer(SCHEMAS[schema], [text])
        expectRight(right, whole)
        const { repairs, value } = whole
        for (const chunks of [oneByOne(text), ...everySplit(text)]) {
          const reading = readAnswer(SCHEMAS[schema], chunks)
          expectRight(right, reading)
          deepStrictEqual({ repairs: reading.repairs, value: reading.value }, { repairs, value })
        }
      },
    )
  })
})
