import { deepStrictEqual } from 'node:assert'
import { describe, expect, test } from 'vitest'

import { IncrementalJsonParser, JsonError, parsePartial } from '../../src/json/index.ts'
import { everySplit, oneByOne } from '../support/chunkings.ts'
import { oracle } from './oracle.ts'
import { read, shownAfterEach } from './read.ts'

/** Cut everywhere, each text has the oracle's verdict, value and place of error. */
function agrees(text: string): void {
  const verdict = oracle(text)
  for (const pieces of [[text], oneByOne(text), ...everySplit(text)]) {
    const outcome = read(pieces)
    // Not `toStrictEqual`: it takes an own key "constructor" for the value's type.
    if (verdict.ok) deepStrictEqual(outcome, { value: verdict.value })
    else if ('error' in outcome) deepStrictEqual(outcome.error.position, verdict.position)
    else throw new Error(`accepted ${JSON.stringify(text)}`)
  }
}

describe('numbers', () => {
  const parts = {
    sign: ['', '-'],
    integer: ['0', '7', '10', '01', '', '00'],
    fraction: ['', '.0', '.5', '.', '.12'],
    exponent: ['', 'e1', 'E+2', 'e-3', 'e', 'e+', '.e1'],
  }
  const all = parts.sign.flatMap((sign) =>
    parts.integer.flatMap((integer) =>
      parts.fraction.flatMap((fraction) => parts.exponent.map((exponent) => sign + integer + fraction + exponent)),
    ),
  )
  test('every combination of parts, at the root and in an array', () => {
    for (const number of all) {
      agrees(number)
      agrees(`[${number} ,1]`)
    }
  })

  test.each([
    '-0',
    '-0.0',
    '0.1',
    '0.30000000000000004',
    '123456789012345',
    '1234567890123456',
    '9007199254740993',
    '0.000000000000001234567',
    '99999999999999.9',
    '0.0000000000000000000000123',
    '1.7976931348623157e308',
    '1e400',
    '-1e400',
    '5e-324',
    '1e-400',
    '4.35',
    '1.005',
    '8.95',
    '100000000000000000000000',
    '0.10000000000000000000000000000000000001',
    '2.2250738585072014e-308',
    '1e23',
    '8.5e22',
  ])('%s is the nearest double, however it is cut', (text) => agrees(text))

  test('a number is never shown before its delimiter', () => {
    expect(shownAfterEach('[12.5e1,3]')).toEqual([[], [], [], [], [], [], [], [125], [125], [125, 3]])
  })

  test('a number at the root is complete at the end only', () => {
    const parser = new IncrementalJsonParser().push('12')
    expect([parser.isDone, parser.snapshot()]).toEqual([false, undefined])
    expect(parser.end()).toBe(12)
    expect(parser.isDone).toBe(true)
    expect(parser.snapshot()).toBe(12)
  })
})

describe('strings', () => {
  test.each([
    '"',
    '\\',
    '/',
    'b',
    'f',
    'n',
    'r',
    't',
    'u0041',
    'u00e9',
    'uD83D\\uDE00',
    'uFFFF',
    'u0000',
    'uABCD',
    'uabcd',
  ])('escape \\%s', (escape) => {
    agrees(`"\\${escape}"`)
    agrees(`["a\\${escape}b"]`)
    agrees(`{"k\\${escape}k":"\\${escape}"}`)
  })

  test.each(['a', 'U0041', 'x41', '0', "'", 'u00g0', 'u 000', 'u-001', 'uD83', 'B', '\n'])(
    'bad escape \\%s',
    (escape) => {
      agrees(`"\\${escape}"`)
      agrees(`{"\\${escape}":1}`)
    },
  )

  test('every control character must be escaped, in values and in keys', () => {
    for (let code = 0; code < 32; code++) {
      agrees(`"a${String.fromCharCode(code)}"`)
      agrees(`{"a${String.fromCharCode(code)}":1}`)
    }
    agrees('"\u007f\u0080\u2028\u2029\uFEFF"')
  })

  test('no half of an escape or of a surrogate pair is ever shown', () => {
    expect(shownAfterEach(String.raw`"a\u0041\n"`)).toEqual([
      '',
      'a',
      'a',
      'a',
      'a',
      'a',
      'a',
      'aA',
      'aA',
      'aA\n',
      'aA\n',
    ])
    expect(shownAfterEach('"x😀y"')).toEqual(['', 'x', 'x', 'x😀', 'x😀y', 'x😀y'])
    expect(shownAfterEach(String.raw`"x\ud83d\ude00y"`)).toEqual([
      '',
      ...Array<string>(12).fill('x'),
      'x😀',
      'x😀y',
      'x😀y',
    ])
  })

  test.each([
    ['raw high, escaped low', '"\ud83d\\ude00"', '😀'],
    ['escaped high, raw low', '"\\ud83d\ude00"', '😀'],
    ['high, high, low', '"\\ud83d\\ud83d\\ude00"', '\ud83d😀'],
    ['lone high at the end', '"a\\ud83d"', 'a\ud83d'],
    ['lone high before text', '"\ud83dz"', '\ud83dz'],
    ['lone high before an escape', '"\ud83d\\n"', '\ud83d\n'],
    ['lone low', '"\\ude00"', '\ude00'],
    ['low, high', '"\ude00\ud83d"', '\ude00\ud83d'],
  ])('surrogates: %s', (_, text, value) => {
    agrees(text)
    agrees(`{${text}:${text}}`)
    expect(parsePartial(text)).toBe(value)
  })

  test('an open string is a prefix of the final one and never ends inside a pair', () => {
    const text = '"\ud83d\ud83d\ude00\\ud83d\\ud83d\\ude00x\ud83d"'
    const final = JSON.parse(text) as string
    for (const shown of shownAfterEach(text) as string[]) {
      expect(final.startsWith(shown)).toBe(true)
      const isInsidePair = /[\ud800-\udbff]$/.test(shown) && /^[\udc00-\udfff]/.test(final.slice(shown.length))
      expect(isInsidePair).toBe(false)
    }
  })

  test('long plain runs, with the special character at each place around the switch of methods', () => {
    for (let length = 36; length < 46; length++) {
      const run = 'x'.repeat(length)
      for (const text of [`"${run}"`, `"${run}\\n${run}"`, `"${run}\n"`, `{"${run}":"${run}é"}`]) agrees(text)
    }
  })
})

describe('objects', () => {
  test.each([
    '__proto__',
    'constructor',
    'hasOwnProperty',
    'toString',
    '0',
    '1',
    '-1',
    '01',
    '',
    ' ',
    'length',
    'a"b',
    'a\\b',
    'é',
    '😀',
  ])('key %j is an own property like any other', (key) => {
    const text = `{${JSON.stringify(key)}:{"x":1},"z":2}`
    agrees(text)
    const value = parsePartial(text) as Record<string, unknown>
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(Object.hasOwn(value, key)).toBe(true)
    expect((value as { x?: unknown }).x).toBeUndefined()
  })

  test('a `__proto__` key in several snapshots of a growing object stays an own property', () => {
    const last = shownAfterEach('{"a":{"__proto__":{"b":[1,2]},"c":3}}').at(-1) as { a: object }
    expect(Object.getPrototypeOf(last.a)).toBe(Object.prototype)
    expect(Object.getOwnPropertyDescriptor(last.a, '__proto__')).toEqual({
      value: { b: [1, 2] },
      writable: true,
      enumerable: true,
      configurable: true,
    })
    expect(({} as { b?: unknown }).b).toBeUndefined()
  })

  test('of duplicate keys the last one wins and the first one keeps the place, as in JSON.parse', () => {
    for (const text of [
      '{"a":1,"b":2,"a":3}',
      '{"a":{"x":1},"a":{"y":2}}',
      '{"a":[1,2,3],"a":[4]}',
      '{"a":"long","a":"s"}',
      '{"a":{},"a":"","a":null}',
    ]) {
      agrees(text)
      expect(JSON.stringify(parsePartial(text))).toBe(JSON.stringify(JSON.parse(text)))
    }
  })

  test('an opened duplicate replaces what was there', () => {
    expect(shownAfterEach('{"a":[1],"a":{')[13]).toEqual({ a: {} })
  })

  test('keys are compared with those of the sibling before: equal, longer, shorter, other, escaped', () => {
    const rows = [
      '{"ab":1,"cd":2}',
      '{"ab":1,"c":2}',
      '{"abc":1,"cd":2}',
      '{"a":1}',
      '{"ab":1,"x":2,"cd":3}',
      '{"a\\u0062":1}',
      '{"":1,"cd":2}',
      '{"a\\\\b":1}',
      '{"a\\\\b":2}',
      '{}',
      '{"ab":0}',
    ]
    for (const first of rows)
      for (const second of rows)
        for (const third of ['{"ab":1,"cd":2}', '{"a":1}']) agrees(`[${first},${second},${third}]`)
  })

  test('a predicted key that goes wrong is an error at the right place', () => {
    for (const second of ['{"ab\n":1}', '{"a\n":1}', '{"ab"x}', '{"ab\\q":1}', '{ab:1}', '{"ab":1,}', '{,}'])
      agrees(`[{"ab":1},${second}]`)
  })
})

describe('between tokens', () => {
  test('only the four whitespace characters, at any place', () => {
    for (const blank of [' ', '\t', '\n', '\r', ' \r\n\t ']) {
      agrees('{"a":[1,true,null,{"b":"c"}],"d":{}}'.replaceAll(/[{}[\],:]/g, (token) => blank + token + blank))
    }
    for (const other of ['\u00a0', '\ufeff', '\u2028', '\v', '\f', '\0', '/', '#']) {
      for (const text of [`${other}{}`, `{${other}}`, `[1${other}]`, `{"a"${other}:1}`, `{}${other}`]) agrees(text)
    }
  })

  test.each([
    '',
    ' ',
    '[',
    '[1,',
    '{"a"',
    '{"a":',
    '"',
    '"\\',
    '"\\u00',
    'tru',
    'nul',
    'fals',
    '-',
    '1.',
    '1e',
    '[1',
    '{"a":1',
    '{}}',
    '[]]',
    '1 2',
    '[1 2]',
    '{"a" 1}',
    '{1:2}',
    '[,]',
    '{,}',
    '[1,]',
    '{"a":1,}',
    'True',
    'nulL',
    'undefined',
    'NaN',
    '+1',
    '.5',
    "'a'",
    '/**/1',
  ])('%j is not JSON', (text) => agrees(text))

  test('isDone after the last bracket; then only whitespace', () => {
    const parser = new IncrementalJsonParser().push('{"a":1}')
    expect(parser.isDone).toBe(true)
    parser.push(' \n')
    expect(parser.end()).toEqual({ a: 1 })
    expect(() => parser.push('x')).toThrow(JsonError)
  })
})
