import { describe, expect, test } from 'vitest'

import { IncrementalJsonParser, JsonError, parsePartial } from '../../src/json/index.ts'
import { StructStreamError } from '../../src/errors.ts'
import { oneByOne } from '../support/chunkings.ts'
import { read } from './read.ts'

function errorOf(pieces: string[], options?: { maxDepth?: number }): JsonError {
  const outcome = read(pieces, options)
  if ('value' in outcome) throw new Error('accepted')
  return outcome.error
}

describe('an error says where it is, what was expected and what came', () => {
  test.each<[text: string, line: number, column: number, expected: string, received: string]>([
    ['x', 1, 1, 'a value', '"x"'],
    ['', 1, 1, 'a value', 'the end of the text'],
    ['[1,\n  2,\n  }', 3, 3, 'a value', '"}"'],
    ['[1\r\n}', 2, 1, "',' or ']'", '"}"'],
    ['{"a":1]', 1, 7, "',' or '}'", '"]"'],
    ['{"a":1 "b"', 1, 8, "',' or '}'", '"\\""'],
    ['{a', 1, 2, "a key in double quotes or '}'", '"a"'],
    ['{"a":1,}', 1, 8, 'a key in double quotes', '"}"'],
    ['{"a"1', 1, 5, "':'", '"1"'],
    ['[', 1, 2, "a value or ']'", 'the end of the text'],
    ['"a\nb"', 1, 3, "a character or '\"' (control characters must be escaped)", '"\\n"'],
    ['"\\q"', 1, 3, 'one of "\\/bfnrtu after a backslash', '"q"'],
    ['"\\u12G4"', 1, 6, 'four hexadecimal digits after \\u', '"G"'],
    ['[-a]', 1, 3, 'a digit', '"a"'],
    ['[01]', 1, 3, "'.', an exponent or the end of the number (no leading zeros)", '"1"'],
    ['[1.]', 1, 4, 'a digit', '"]"'],
    ['[1e]', 1, 4, 'a digit or a sign', '"]"'],
    ['[1e+]', 1, 5, 'a digit', '"]"'],
    ['[nulx]', 1, 5, 'the rest of null', '"x"'],
    ['{} {', 1, 4, 'nothing after the end of the document', '"{"'],
    ['[😀]', 1, 2, "a value or ']'", '"😀"'],
  ])('%j', (text, line, column, expected, received) => {
    const whole = errorOf([text])
    const facts = { code: 'malformed_json', line, column, expected, received }
    expect(whole).toMatchObject(facts)
    expect(whole.position).toBe(
      text
        .split('\n')
        .slice(0, line - 1)
        .join('\n').length +
        (line > 1 ? 1 : 0) +
        column -
        1,
    )
    expect(whole.message).toContain(`line ${line}, column ${column}`)
    expect(whole).toBeInstanceOf(StructStreamError)
    const { received: inPieces, ...rest } = errorOf(oneByOne(text))
    expect(rest).toMatchObject({ line, column, expected, position: whole.position })
    if (received !== '"😀"') expect(inPieces).toBe(received)
  })
})

describe('after an error', () => {
  test('each later call throws the same one, and what was read stays', () => {
    const parser = new IncrementalJsonParser().push('{"a":[1,2')
    let first: unknown
    try {
      parser.push(',3 x')
    } catch (error) {
      first = error
    }
    expect(first).toBeInstanceOf(JsonError)
    expect(parser.snapshot()).toEqual({ a: [1, 2, 3] })
    for (const call of [() => parser.push(']'), () => parser.push('x'), () => parser.end()]) {
      let later: unknown
      try {
        call()
      } catch (error) {
        later = error
      }
      expect(later).toBe(first)
    }
    expect(parser.isDone).toBe(false)
  })

  test('end() before the end is an error at the end, for every cut of a document', () => {
    const text = '{"a":[1,-2.5e3,"x\\n\\u00e9"],"b":{"c":null,"d":[true,false]}}'
    for (let at = 0; at < text.length; at++) {
      const error = errorOf([text.slice(0, at)])
      expect(error).toMatchObject({ code: 'malformed_json', position: at, received: 'the end of the text' })
    }
    expect(read([text])).toEqual({ value: JSON.parse(text) })
  })
})

describe('depth', () => {
  test('the limit is a number of containers inside each other', () => {
    const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
    expect(parsePartial(nested(128))).toBeDefined()
    const error = errorOf([nested(129)])
    expect(error).toMatchObject({ code: 'limit_exceeded', position: 128 })
    expect(error.message).toContain('maxDepth')
    expect(errorOf(['[{"a":['], { maxDepth: 2 })).toMatchObject({ code: 'limit_exceeded', position: 6 })
    expect(read(['[[],[],{"a":1},[]]'], { maxDepth: 2 })).toEqual({ value: [[], [], { a: 1 }, []] })
  })

  test('100,000 levels neither overflow the stack nor take quadratic work', () => {
    const levels = 100_000
    const parser = new IncrementalJsonParser({ maxDepth: levels })
    parser.push('['.repeat(levels))
    parser.snapshot()
    let value = parser.push(']'.repeat(levels)).end() as unknown[]
    let depth = 1
    for (; value.length > 0; depth++) value = value[0] as unknown[]
    expect(depth).toBe(levels)
    expect(errorOf(['['.repeat(levels)])).toMatchObject({ code: 'limit_exceeded' })
  })
})
