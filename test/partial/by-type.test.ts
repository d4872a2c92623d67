import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import { atomic, required } from '../../src/schema/hints.ts'
import { hasZod4 } from '../support/zod-version.ts'
import { reported, shown, timeline } from './timeline.ts'

/* One test for each row of the table in docs/partials.md: what is shown while a value is open, and where the earliest
 * certain report comes. In a field `v` of an object, so that "absent" can be distinguished from "nothing yet". */

const field = (schema: z.ZodType) => z.object({ v: schema })
/** What is shown of `v` while `{"v":<text>}` comes, one entry for each change; absent at the beginning. */
const values = (schema: z.ZodType, text: string) => shown(field(schema), `{"v":${text}}`)
/** The part of `text` after which a violation at `v` is known; `}` stands for the end of the object, null for none. */
const wrongAfter = (schema: z.ZodType, text: string) => {
  const found = reported(field(schema), `{"v":${text}}`)
  return found === null ? null : found[0].slice('{"v":'.length)
}
const v = (value: unknown) => ({ v: value })

describe('string', () => {
  test('shows its decoded prefix', () => {
    expect(values(z.string(), '"aé\\n\\u0041😀"')).toEqual([
      {},
      v(''),
      v('a'),
      v('aé'),
      v('aé\n'),
      v('aé\nA'),
      v('aé\nA😀'),
    ])
  })
  test('a wrong first character is reported at once', () => {
    for (const text of ['1', 't', 'n', '{', '['])
      expect(
        wrongAfter(z.string(), text === '1' ? '12' : text + { t: 'rue', n: 'ull', '{': '}', '[': ']' }[text]),
      ).toBe(text)
  })
  test('max and length: at the character that is too many; min: at close', () => {
    expect(wrongAfter(z.string().max(2), '"abc"')).toBe('"abc')
    expect(wrongAfter(z.string().length(2), '"abc"')).toBe('"abc')
    expect(wrongAfter(z.string().length(2), '"a"')).toBe('"a"')
    expect(wrongAfter(z.string().min(2), '"a"')).toBe('"a"')
    expect(wrongAfter(z.string().max(2), '"ab"')).toBe(null)
  })
  test('startsWith: at the character that misses it', () => {
    expect(wrongAfter(z.string().startsWith('ab'), '"axyz"')).toBe('"ax')
    expect(wrongAfter(z.string().startsWith('ab'), '"a"')).toBe('"a"')
    expect(wrongAfter(z.string().startsWith('ab'), '"abc"')).toBe(null)
  })
  test('none of these early when a trim or another overwrite comes first', () => {
    expect(wrongAfter(z.string().trim().max(2), '"  ab  "')).toBe(null)
    expect(wrongAfter(z.string().trim().max(2), '"  abc"')).toBe('"  abc"')
    expect(wrongAfter(z.string().toLowerCase().startsWith('a'), '"AB"')).toBe(null)
    expect(wrongAfter(z.string().max(2).trim(), '"   "')).toBe('"   ')
  })
  test('an overwrite shows the raw prefix and is applied at close', () => {
    expect(values(z.string().trim(), '" a "')).toEqual([{}, v(''), v(' '), v(' a'), v(' a '), v('a')])
    expect(values(z.string().toUpperCase(), '"a"')).toEqual([{}, v(''), v('a'), v('A')])
  })
  test('regex: at the character after which nothing can match; includes and endsWith at close', () => {
    expect(wrongAfter(z.string().regex(/^[a-z]+$/), '"ab1c"')).toBe('"ab1')
    expect(wrongAfter(z.string().regex(/^a+b$/), '"aa"')).toBe('"aa"')
    expect(wrongAfter(z.string().regex(/b/), '"aa"')).toBe('"aa"')
    expect(wrongAfter(z.string().lowercase(), '"aBc"')).toBe('"aB')
    expect(wrongAfter(z.string().trim().regex(/^a/), '" a"')).toBe(null)
    expect(wrongAfter(z.string().includes('x'), '"ba"')).toBe('"ba"')
    expect(wrongAfter(z.string().endsWith('x'), '"ba"')).toBe('"ba"')
    expect(values(z.string().regex(/^a+$/), '"aa"')).toEqual([{}, v(''), v('a'), v('aa')])
  })
  test('a string that is certainly wrong is taken back', () => {
    expect(values(z.string().max(2), '"abcd"')).toEqual([{}, v(''), v('a'), v('ab'), {}])
    expect(values(z.string().min(9), '"ab"')).toEqual([{}, v(''), v('a'), v('ab'), {}])
  })
})

describe('formats and template literals', () => {
  const uuid = '123e4567-e89b-42d3-a456-426614174000'
  test.each<[string, z.ZodType, string, string, string]>([
    ['email', z.email(), 'a@b.co', 'a b@c.de', '"a '],
    ['url', z.url(), 'https://a.b', 'nonsense', '"nonsense"'],
    ['uuid', z.uuid(), uuid, `${uuid.slice(0, 14)}x`, `"${uuid.slice(0, 14)}x`],
    ['iso date', z.iso.date(), '2024-02-29', '2023-02-29', '"2023-02-29'],
    ['iso datetime', z.iso.datetime(), '2024-02-29T01:02:03Z', '2024-02-29T24:00:00Z', '"2024-02-29T24'],
    ['ipv4', z.ipv4(), '192.168.0.1', '192.168.300.1', '"192.168.300'],
    ['a format as a check', z.string().check(z.email()), 'a@b.co', 'a@b..co', '"a@b..'],
    ['a format of the user', z.stringFormat('code', /^[A-Z]{3}$/), 'ABC', 'ABc', '"ABc'],
    ['template literal', z.templateLiteral(['v', z.number()]), 'v12', 'w12', '"w'],
  ])('%s: atomic; reported where nothing can match, a wrong type at the first character', (_, ...row) => {
    const [schema, text, wrong, beginning] = row
    expect(values(schema, JSON.stringify(text))).toEqual([{}, v(text)])
    expect(wrongAfter(schema, JSON.stringify(wrong))).toBe(beginning)
    expect(wrongAfter(schema, '12')).toBe('1')
  })
})

describe('numbers', () => {
  test('atomic: shown at the delimiter', () => {
    expect(timeline(field(z.number()), '{"v":12.5 }').shown).toEqual({ '{': {}, '{"v":12.5 ': v(12.5) })
  })
  test('bounds: at the digit after which no number fits, with an exponent or without', () => {
    expect(wrongAfter(z.number().min(3).max(6), '-4')).toBe('-')
    expect(wrongAfter(z.number().min(3).max(6), '72')).toBe('7')
    expect(wrongAfter(z.number().min(3).max(6), '40e-1')).toBe(null)
    expect(wrongAfter(z.int().min(10).max(12), '13')).toBe('13')
    expect(wrongAfter(z.number().min(5).max(9).multipleOf(4), '9')).toBe('9')
    // 7e-999 is 0.
    expect(wrongAfter(z.number().min(0).max(3), '7')).toBe('7}')
  })
  test('type at the first character, checks at the delimiter', () => {
    expect(wrongAfter(z.number(), '"1"')).toBe('"')
    expect(wrongAfter(z.number().max(3), '12')).toBe('12}')
    expect(wrongAfter(z.int(), '1.5')).toBe('1.5}')
    expect(values(z.number().max(3), '12')).toEqual([{}])
  })
  test('coerced: atomic, never wrong by type', () => {
    expect(values(z.coerce.number(), '"12"')).toEqual([{}, v(12)])
    expect(values(z.coerce.boolean(), '"no"')).toEqual([{}, v(true)])
    expect(values(z.coerce.bigint(), '"12"')).toEqual([{}, v(12n)])
    expect(values(z.coerce.date(), '"2024-02-29"')).toEqual([{}, v(new Date('2024-02-29'))])
    expect(wrongAfter(z.coerce.number(), '"x"')).toBe('"x"')
    expect(wrongAfter(z.coerce.number(), '{"a":1}')).toBe('{"a":1}')
  })
  test('stringbool: atomic, at close', () => {
    expect(values(z.stringbool(), '"yes"')).toEqual([{}, v(true)])
    expect(wrongAfter(z.stringbool(), '"maybe"')).toBe('"maybe"')
  })
})

describe('booleans, null, enums and literals', () => {
  test('boolean and null: atomic; the first character tells', () => {
    expect(timeline(field(z.boolean()), '{"v":true}').shown).toEqual({ '{': {}, '{"v":true': v(true) })
    expect(timeline(field(z.null()), '{"v":null}').shown).toEqual({ '{': {}, '{"v":null': v(null) })
    expect(wrongAfter(z.boolean(), 'null')).toBe('n')
    expect(wrongAfter(z.null(), 'false')).toBe('f')
    expect(wrongAfter(z.literal(true), 'false')).toBe('f')
  })
  test('enum: atomic, even when one option begins with another', () => {
    expect(values(z.enum(['red', 'reddish']), '"reddish"')).toEqual([{}, v('reddish')])
    expect(values(z.enum(['red', 'reddish']), '"red"')).toEqual([{}, v('red')])
  })
  test('enum and literal: wrong when a prefix of no option', () => {
    expect(wrongAfter(z.enum(['red', 'reddish']), '"rex"')).toBe('"rex')
    expect(wrongAfter(z.enum(['red', 'reddish']), '"redd"')).toBe('"redd"')
    expect(wrongAfter(z.enum(['red', 'reddish']), '1')).toBe('1')
    expect(wrongAfter(z.literal('ab'), '"abc"')).toBe('"abc')
    expect(wrongAfter(z.literal(['a', 1]), '2')).toBe('2')
    expect(wrongAfter(z.literal([10, 25]), '26')).toBe('26')
  })
})

describe('array', () => {
  test('shows complete elements and the open one’s partial', () => {
    expect(values(z.array(z.string()), '["ab","c"]')).toEqual([
      {},
      v([]),
      v(['']),
      v(['a']),
      v(['ab']),
      v(['ab', '']),
      v(['ab', 'c']),
    ])
    expect(values(z.array(z.number()), '[1,2]')).toEqual([{}, v([]), v([1]), v([1, 2])])
  })
  test('max: at the comma before the element too many; min: at close', () => {
    expect(wrongAfter(z.array(z.number()).max(1), '[1,2]')).toBe('[1,')
    expect(wrongAfter(z.array(z.any()).length(1), '[1,{"a":1}]')).toBe('[1,')
    expect(wrongAfter(z.array(z.any()).max(0), '[1]')).toBe('[1')
    expect(wrongAfter(z.array(z.number()).min(2), '[1]')).toBe('[1]')
    expect(values(z.array(z.number()).max(1), '[1,2]')).toEqual([{}, v([]), v([1])])
  })
  test('ends before an element that is certainly wrong', () => {
    const schema = z.array(z.number())
    expect(values(schema, '[1,"x",3]')).toEqual([{}, v([]), v([1])])
    expect(wrongAfter(schema, '[1,"x",3]')).toBe('[1,"')
  })
  test('an element’s own field that is wrong leaves the element in place', () => {
    const rows = z.array(z.object({ a: z.number(), b: z.string() }))
    expect(timeline(field(rows), '{"v":[{"a":"x","b":"y"},{"a":1,"b":"z"}]}').final).toEqual(
      v([{ b: 'y' }, { a: 1, b: 'z' }]),
    )
  })
})

describe('tuple', () => {
  const pair = z.tuple([z.string(), z.number()])
  test('shows a prefix of the slots', () => {
    expect(values(pair, '["a",1]')).toEqual([{}, v([]), v(['']), v(['a']), v(['a', 1])])
  })
  test('an extra slot at the comma before it, too few at close', () => {
    expect(wrongAfter(pair, '["a",1,2]')).toBe('["a",1,')
    expect(wrongAfter(pair, '["a"]')).toBe('["a"]')
    expect(wrongAfter(z.tuple([z.string(), z.number().optional()]), '["a"]')).toBe(null)
    expect(wrongAfter(z.tuple([z.string()], z.number()), '["a",1,2,"x"]')).toBe('["a",1,2,"')
  })
})

describe('record', () => {
  test('grows', () => {
    expect(values(z.record(z.string(), z.string()), '{"a":"x","b":""}')).toEqual([
      {},
      v({}),
      v({ a: '' }),
      v({ a: 'x' }),
      v({ a: 'x', b: '' }),
    ])
  })
  test('a wrong key at its closing quote; then the value', () => {
    const short = z.record(z.string().max(1), z.number())
    expect(wrongAfter(short, '{"ab":1}')).toBe('{"ab"')
    expect(wrongAfter(short, '{"a":"x"}')).toBe('{"a":"')
    expect(values(short, '{"ab":1,"c":2}')).toEqual([{}, v({}), v({ c: 2 })])
  })
  test('a closed set of keys: an unknown one where no key begins like it, a missing one at close', () => {
    const closed = z.record(z.enum(['a', 'bcd']), z.number())
    expect(wrongAfter(closed, '{"a":1,"bce":2}')).toBe('{"a":1,"bce')
    expect(wrongAfter(closed, '{"a":1,"bc":2}')).toBe('{"a":1,"bc"')
    expect(wrongAfter(closed, '{"a":1}')).toBe('{"a":1}')
    expect(wrongAfter(z.partialRecord(z.enum(['a', 'b']), z.number()), '{"a":1}')).toBe(null)
  })
  test.runIf(hasZod4(2))('loose: a key that does not fit passes with its value as it is', () => {
    const loose = z.looseRecord(z.string().regex(/^a/), z.number())
    expect(timeline(field(loose), '{"v":{"a1":1,"b":"x"}}')).toMatchObject({ final: v({ a1: 1, b: 'x' }), issues: [] })
    expect(wrongAfter(loose, '{"b":"x","a":"x"}')).toBe('{"b":"x","a":"')
  })
})

describe('object', () => {
  const shape = { a: z.string(), b: z.number() }
  test('grows; unknown keys are hidden', () => {
    expect(values(z.object(shape), '{"x":1,"a":"s","b":2}')).toEqual([
      {},
      v({}),
      v({ a: '' }),
      v({ a: 's' }),
      v({ a: 's', b: 2 }),
    ])
  })
  test('a declared key’s value at once; what is missing at the closing bracket', () => {
    expect(wrongAfter(z.object(shape), '{"a":1,"b":2}')).toBe('{"a":1')
    expect(wrongAfter(z.object(shape), '{"a":"s"}')).toBe('{"a":"s"}')
    expect(reported(field(z.object(shape)), '{"v":{"a":"s"}}')).toEqual(['{"v":{"a":"s"}', 'v.b'])
  })
  test.skipIf(hasZod4(4) && !hasZod4(5))(
    'strict: an unknown key where no key begins like it, or at the comma after the last one; it is not shown',
    () => {
      expect(wrongAfter(z.strictObject(shape), '{"a":"s","x":1,"b":2}')).toBe('{"a":"s","x')
      expect(wrongAfter(z.strictObject(shape), '{"a":"s","b":2,"x":1}')).toBe('{"a":"s","b":2,')
      expect(wrongAfter(z.strictObject({ abc: z.any() }), '{"ab":1}')).toBe('{"ab"')
      expect(reported(z.strictObject(shape), '{"xyz":1,"a":"s","b":1}')).toEqual(['{"x', ''])
      expect(values(z.strictObject(shape), '{"x":1,"a":"s"}').at(-1)).toEqual(v({ a: 's' }))
    },
  )
  test('loose and catchall: unknown keys are shown, by the catchall', () => {
    expect(values(z.looseObject(shape), '{"x":[1]}').slice(0, 4)).toEqual([{}, v({}), v({ x: [] }), v({ x: [1] })])
    expect(wrongAfter(z.object(shape).catchall(z.string()), '{"x":1}')).toBe('{"x":1')
  })
  test('a duplicate key is an issue at its closing quote, and the first value stays', () => {
    for (const schema of [
      z.object(shape),
      z.strictObject(shape),
      z.looseObject(shape),
      z.record(z.string(), z.any()),
    ]) {
      expect(wrongAfter(schema, '{"a":"s","a":"t","b":1}')).toBe('{"a":"s","a"')
      expect(timeline(field(schema), '{"v":{"a":"s","a":"t","b":1}}').final).toEqual(v({ a: 's', b: 1 }))
    }
  })
  test('under `any` the last of duplicate keys wins', () => {
    expect(timeline(field(z.any()), '{"v":{"a":1,"a":2}}')).toMatchObject({ final: v({ a: 2 }), issues: [] })
  })
  test('a `__proto__` key never reaches the prototype', () => {
    for (const schema of [z.object(shape), z.looseObject(shape), z.record(z.string(), z.any())]) {
      const { final, issues } = timeline(schema, '{"__proto__":{"polluted":1},"a":"s","b":1}')
      expect(final).toEqual({ a: 's', b: 1 })
      expect(Object.getPrototypeOf(final)).toBe(Object.prototype)
      expect(issues).toEqual([])
    }
  })
  test.skipIf(hasZod4(4) && !hasZod4(5))('a strict object refuses a `__proto__` key', () => {
    expect(reported(z.strictObject(shape), '{"__proto__":1,"a":"s","b":1}')).toEqual(['{"_', ''])
  })
})

describe('optional, nullable, default, prefault, catch, readonly, brand', () => {
  test('optional: as inner', () => {
    expect(values(z.string().optional(), '"a"')).toEqual([{}, v(''), v('a')])
    expect(timeline(field(z.string().optional()), '{}')).toMatchObject({ final: {}, issues: [] })
    expect(wrongAfter(z.string().optional(), 'null')).toBe('n')
  })
  test('nullable: null only when complete; wrong unless it starts with n', () => {
    expect(timeline(field(z.string().nullable()), '{"v":null}').shown).toEqual({ '{': {}, '{"v":null': v(null) })
    expect(values(z.string().nullable(), '"a"')).toEqual([{}, v(''), v('a')])
    expect(wrongAfter(z.string().nullable(), 'true')).toBe('t')
    expect(wrongAfter(z.string().max(1).nullable(), '"ab"')).toBe('"ab')
  })
  test('default and prefault: absent, filled in when the object closes', () => {
    const schema = z.object({ a: z.string(), d: z.string().default('x'), p: z.string().trim().prefault(' y ') })
    expect(timeline(schema, '{"a":""}').shown).toEqual({
      '{': {},
      '{"a":"': { a: '' },
      '{"a":""}': { a: '', d: 'x', p: 'y' },
    })
    expect(reported(schema, '{"a":"","d":1}')).toEqual(['{"a":"","d":1', 'd'])
  })
  test('catch: never reported; the fallback when the value closes', () => {
    expect(timeline(field(z.number().catch(7)), '{"v":"x"}')).toMatchObject({ final: v(7), issues: [] })
    expect(timeline(field(z.object({ a: z.number() }).catch({ a: 0 })), '{"v":{"a":"x","b":[1]}}')).toMatchObject({
      final: v({ a: 0 }),
      issues: [],
    })
    expect(timeline(field(z.number().catch(7)), '{"v":1}').final).toEqual(v(1))
  })
  test('readonly and brand: as inner', () => {
    expect(values(z.array(z.string()).readonly(), '["a"]')).toEqual([{}, v([]), v(['']), v(['a'])])
    expect(values(z.string().brand('x'), '"a"')).toEqual([{}, v(''), v('a')])
  })
})

describe('union', () => {
  test('shows what all branches still alive agree on', () => {
    expect(values(z.union([z.enum(['ab', 'cd']), z.string()]), '"abx"')).toEqual([{}, v('abx')])
    expect(timeline(field(z.union([z.enum(['ab', 'cd']), z.string()])), '{"v":"xy"}').shown).toEqual({
      '{': {},
      '{"v":"x': v('x'),
      '{"v":"xy': v('xy'),
    })
    const objects = z.union([z.object({ a: z.string(), b: z.string() }), z.object({ a: z.string(), c: z.number() })])
    expect(timeline(field(objects), '{"v":{"a":"x","c":1}}').shown).toEqual({
      '{': {},
      '{"v":{': v({}),
      '{"v":{"a":"': v({ a: '' }),
      '{"v":{"a":"x': v({ a: 'x' }),
      '{"v":{"a":"x","c":1}': v({ a: 'x', c: 1 }),
    })
  })
  test('the kind of the value alone may decide', () => {
    expect(values(z.union([z.string(), z.number()]), '"ab"')).toEqual([{}, v(''), v('a'), v('ab')])
    expect(values(z.string().or(z.array(z.string())), '["a"]')).toEqual([{}, v([]), v(['']), v(['a'])])
  })
  test('wrong when no branch is alive', () => {
    expect(wrongAfter(z.union([z.string(), z.number()]), 'true')).toBe('t')
    expect(wrongAfter(z.union([z.enum(['ab']), z.string().max(3)]), '"abcd"')).toBe('"abcd')
    expect(wrongAfter(z.union([z.object({ a: z.string() }), z.object({ a: z.boolean() })]), '{"a":1}')).toBe('{"a":1')
    expect(values(z.union([z.object({ a: z.string() }), z.object({ a: z.boolean() })]), '{"a":1}')).toEqual([
      {},
      v({}),
      {},
    ])
  })
})

describe('discriminated union', () => {
  const shape = z.discriminatedUnion('type', [
    z.object({ type: z.literal('text'), body: z.string() }),
    z.object({ type: z.literal('pair'), body: z.array(z.number()) }),
  ])
  test('hidden until the discriminator is complete, then all at once', () => {
    expect(values(shape, '{"body":"hi","type":"text"}')).toEqual([{}, v({ body: 'hi', type: 'text' })])
    expect(values(shape, '{"type":"text","body":"h"}')).toEqual([
      {},
      v({ type: 'text' }),
      v({ type: 'text', body: '' }),
      v({ type: 'text', body: 'h' }),
    ])
  })
  test('wrong when no discriminator value fits, or at close when it is missing', () => {
    expect(wrongAfter(shape, '{"type":"tex?"}')).toBe('{"type":"tex?')
    expect(wrongAfter(shape, '{"type":1}')).toBe('{"type":1')
    expect(wrongAfter(shape, '{"body":1}')).toBe('{"body":1}')
    expect(values(shape, '{"type":"other"}')).toEqual([{}])
  })
  test('what came before a late discriminator is judged by its branch', () => {
    expect(wrongAfter(shape, '{"body":"hi","type":"pair"}')).toBe('{"body":"hi","type":"pair"')
  })
})

describe('intersection', () => {
  test('objects are merged', () => {
    const both = z.intersection(z.object({ a: z.string() }), z.object({ b: z.number() }))
    expect(values(both, '{"a":"x","b":1}')).toEqual([{}, v({}), v({ a: '' }), v({ a: 'x' }), v({ a: 'x', b: 1 })])
    expect(wrongAfter(both, '{"a":1}')).toBe('{"a":1')
    expect(wrongAfter(both, '{"b":"x"}')).toBe('{"b":"')
  })
  test('everything else is atomic', () => {
    expect(values(z.intersection(z.string(), z.string().min(1)), '"ab"')).toEqual([{}, v('ab')])
  })
  test.runIf(hasZod4(5))(
    'a key that one strict side does not know is not a violation, one that neither knows is',
    () => {
      const both = z.intersection(z.strictObject({ a: z.string() }), z.strictObject({ b: z.number() }))
      expect(wrongAfter(both, '{"a":"x","b":1}')).toBe(null)
      expect(wrongAfter(both, '{"a":"x","c":1}')).toBe('{"a":"x","c"')
    },
  )
  test('sides that make different values of it fail at close', () => {
    const schema = z.intersection(z.object({ a: z.string() }), z.object({ a: z.coerce.number() }))
    expect(timeline(schema, '{"a":"1"}').issues).toEqual([{ path: ['a'], code: 'invalid_intersection' }])
  })
})

describe('recursion', () => {
  test('getters and lazy unroll as the text goes deeper', () => {
    const Tree = z.object({
      value: z.number(),
      get children(): z.ZodArray {
        return z.array(Tree)
      },
    })
    const text = '{"value":1,"children":[{"value":2,"children":[{"value":3,"children":[]}]}]}'
    expect(timeline(Tree, text)).toMatchObject({ final: JSON.parse(text), issues: [] })
    expect(reported(Tree, '{"value":1,"children":[{"value":"')).toEqual([
      '{"value":1,"children":[{"value":"',
      'children.0.value',
    ])
    type List = { next?: List | undefined }
    const List: z.ZodType<List> = z.object({ next: z.lazy(() => List).optional() })
    expect(reported(List, '{"next":{"next":{"next":1')).toEqual(['{"next":{"next":{"next":1', 'next.next.next'])
  })
})

describe('transform, pipe, codec, preprocess, map, set', () => {
  test('atomic; the output of the node', () => {
    expect(
      values(
        z.string().transform((text) => text.length),
        '"abc"',
      ),
    ).toEqual([{}, v(3)])
    expect(
      values(
        z.array(z.number()).transform((list) => new Set(list)),
        '[1,2]',
      ),
    ).toEqual([{}, v(new Set([1, 2]))])
  })
  test.runIf(hasZod4(1))('a codec is atomic, with the output of its decoding', () => {
    const date = z.codec(z.iso.date(), z.date(), {
      decode: (text) => new Date(text),
      encode: (value) => value.toISOString(),
    })
    expect(values(date, '"2024-02-29"')).toEqual([{}, v(new Date('2024-02-29'))])
  })
  test('wrong as the input side is; preprocess only at close', () => {
    expect(wrongAfter(z.string().max(2).transform(Number), '"123"')).toBe('"123')
    expect(
      wrongAfter(
        z.object({ a: z.string() }).transform(() => 1),
        '{"a":1}',
      ),
    ).toBe('{"a":1')
    expect(
      wrongAfter(
        z.preprocess((value) => value, z.string()),
        '12',
      ),
    ).toBe('12}')
    expect(wrongAfter(z.string().transform(Number).pipe(z.number().max(3)), '"12"')).toBe('"12"')
  })
})

describe('refinements', () => {
  test('run when the node closes', () => {
    expect(
      wrongAfter(
        z.string().refine((text) => text !== 'ab'),
        '"ab"',
      ),
    ).toBe('"ab"')
    expect(
      wrongAfter(
        z.array(z.number()).refine((list) => list.length !== 2),
        '[1,2]',
      ),
    ).toBe('[1,2]')
  })
  test('what fails only as a whole stays visible and is in the issues', () => {
    const schema = z.object({ a: z.number(), b: z.number() }).refine(({ a, b }) => a < b)
    const { final, issues } = timeline(field(schema), '{"v":{"a":2,"b":1}}')
    expect([final, issues]).toEqual([v({ a: 2, b: 1 }), [{ path: ['v'], code: 'custom' }]])
  })
  test('an asynchronous one is left to the final validation', () => {
    const { final, issues, unsure } = timeline(field(z.string().refine(async () => false)), '{"v":"a"}')
    expect([final, issues, unsure]).toEqual([v('a'), [], [['v']]])
  })
})

describe('any, unknown, json', () => {
  test.each<[string, z.ZodType]>([
    ['any', z.any()],
    ['unknown', z.unknown()],
  ])('%s: shown as it grows, never wrong', (_, schema) => {
    expect(values(schema, '{"a":["x",1]}')).toEqual([
      {},
      v({}),
      v({ a: [] }),
      v({ a: [''] }),
      v({ a: ['x'] }),
      v({ a: ['x', 1] }),
    ])
    for (const text of ['1', 'null', '"x"', '[{}]']) expect(wrongAfter(schema, text)).toBe(null)
  })
  test('json: shown as it grows, never wrong', () => {
    expect(timeline(field(z.json()), '{"v":{"a":["x",1,null]}}')).toMatchObject({
      final: v({ a: ['x', 1, null] }),
      issues: [],
    })
    expect(values(z.json(), '{"a":["x"]}')).toEqual([{}, v({}), v({ a: [] }), v({ a: [''] }), v({ a: ['x'] })])
  })
})

describe('hints', () => {
  test('atomic: absent until complete, then all at once', () => {
    expect(values(atomic(z.array(z.string())), '["a","b"]')).toEqual([{}, v(['a', 'b'])])
    expect(values(atomic(z.string()).optional(), '"ab"')).toEqual([{}, v('ab')])
    expect(wrongAfter(atomic(z.array(z.string())), '["a",1]')).toBe('["a",1')
  })
  test('required: the parent is held back until this key is complete', () => {
    const schema = z.object({ id: required(z.string()), text: z.string() })
    expect(values(schema, '{"text":"t","id":"1"}')).toEqual([{}, v({ text: 't', id: '1' })])
    expect(values(schema, '{"id":"12","text":""}')).toEqual([{}, v({ id: '12' }), v({ id: '12', text: '' })])
    expect(values(z.array(schema), '[{"text":"t","id":"1"}]')).toEqual([{}, v([]), v([{ text: 't', id: '1' }])])
  })
})

describe('an opened bracket or quote is shown at once', () => {
  test.each<[z.ZodType, string, unknown]>([
    [z.object({}), '{', {}],
    [z.array(z.any()), '[', []],
    [z.string(), '"', ''],
  ])('%#', (schema, text, value) => {
    expect(shown(schema, text)).toEqual([value])
  })
})
