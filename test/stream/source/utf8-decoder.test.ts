import { expect, test } from 'vitest'

import { Utf8Decoder, type BadBytes } from '../../../src/stream/source/utf8-decoder.ts'
import { property, runSize, type Choices } from '../../support/property.ts'

function decoded(pieces: readonly (string | Uint8Array)[]): { text: string; bad: BadBytes[] } {
  const bad: BadBytes[] = []
  const decoder = new Utf8Decoder((one) => bad.push(one))
  let text = ''
  for (const piece of pieces) text += decoder.push(piece)
  return { text: text + decoder.end(), bad }
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)

/** Bytes that are likely to be leads, continuations, and the edges between them. */
const EDGES = [0, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef]
const MORE_EDGES = [...EDGES, 0xf0, 0xf1, 0xf4, 0xf5, 0xff, 0xbb]

function anyBytes(choices: Choices): number[] {
  const some = choices.many(12, () => {
    if (!choices.chance(50)) return [choices.pick(MORE_EDGES)]
    return [...new TextEncoder().encode(choices.pick(['a', 'é', '€', '😀', '\uFEFF', '\uFFFD']))]
  })
  return some.flat()
}

function cut(choices: Choices, all: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 0; at < all.length;) {
    const size = 1 + choices.below(4)
    pieces.push(Uint8Array.from(all.slice(at, at + size)))
    at += size
  }
  return pieces
}

test('Bytes cut anywhere give the text that TextDecoder gives for them in one piece', () =>
  property(runSize('LAWS', 2_000), (choices) => {
    const all = anyBytes(choices)
    const { text } = decoded(cut(choices, all))
    expect(text).toBe(new TextDecoder().decode(Uint8Array.from(all)))
  }))

test('Every U+FFFD that the bytes do not hold is reported with the byte it stands for and its place in the text', () =>
  property(runSize('LAWS', 2_000), (choices) => {
    const all = anyBytes(choices)
    const { text, bad } = decoded(cut(choices, all))
    let rebuilt = ''
    let at = 0
    for (const one of bad) {
      rebuilt += new TextDecoder('utf-8', { fatal: true, ignoreBOM: rebuilt !== '' || at > 0 }).decode(
        Uint8Array.from(all.slice(at, one.byte)),
      )
      expect(one.position).toBe(rebuilt.length)
      expect([...one.bytes]).toEqual(all.slice(one.byte, one.byte + one.bytes.length))
      rebuilt += '\uFFFD'
      at = one.byte + one.bytes.length
    }
    rebuilt += new TextDecoder('utf-8', { fatal: true, ignoreBOM: at > 0 }).decode(Uint8Array.from(all.slice(at)))
    expect(rebuilt).toBe(text)
  }))

test.each<[string, (string | Uint8Array)[], string]>([
  ['a leading mark in bytes', [bytes(0xef), bytes(0xbb, 0xbf, 0x41)], 'A'],
  ['a leading mark in text', ['\uFEFF', 'A'], 'A'],
  ['a mark further on', ['A', bytes(0xef, 0xbb, 0xbf)], 'A\uFEFF'],
  ['a second mark', [bytes(0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf)], '\uFEFF'],
  ['nothing', [], ''],
  ['empty pieces', ['', bytes(), 'A'], 'A'],
])('A byte order mark is left out at the start only: %s', (_, pieces, text) => {
  expect(decoded(pieces)).toEqual({ text, bad: [] })
})

test('A character that the end of the bytes cuts is reported as cut', () => {
  const { text, bad } = decoded(['aé', bytes(0x41, 0xe2, 0x82)])
  expect(text).toBe('aéA\uFFFD')
  expect(bad).toEqual([{ byte: 4, position: 3, bytes: bytes(0xe2, 0x82), isCut: true }])
})

test('Text cannot end a character that bytes began', () => {
  const { text, bad } = decoded([bytes(0xc3), 'x', bytes(0xa9)])
  expect(text).toBe('\uFFFDx\uFFFD')
  expect(bad.map(({ byte, isCut }) => ({ byte, isCut }))).toEqual([
    { byte: 0, isCut: true },
    { byte: 2, isCut: false },
  ])
})

test('A buffer that its owner writes again after the call changes nothing', () => {
  const decoder = new Utf8Decoder(() => {})
  const buffer = bytes(0xc3)
  let text = decoder.push(buffer)
  buffer[0] = 0x41
  text += decoder.push(bytes(0xa9))
  expect(text + decoder.end()).toBe('é')
})
