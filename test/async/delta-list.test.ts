import { describe, expect, test } from 'vitest'

import { DeltaList } from '../../src/async/delta-list.ts'

function filled(count: number): { deltas: DeltaList; pieces: string[] } {
  const deltas = new DeltaList()
  const pieces = Array.from({ length: count }, (_, i) => `${i}${'é'.repeat(i % 5)}`)
  for (const piece of pieces) deltas.push(piece)
  return { deltas, pieces }
}

describe('Deltas', () => {
  test.each([0, 1, 7, 8, 9, 255, 256, 257, 511, 512, 513, 1500])('gives back %i deltas as they came', (count) => {
    const { deltas, pieces } = filled(count)
    expect(deltas.count).toBe(count)
    expect(pieces.map((_, i) => deltas.at(i))).toEqual(pieces)
    expect(deltas.text).toBe(pieces.join(''))
    expect(deltas.length).toBe(deltas.text.length)
  })

  test('gives everything from any delta on', () => {
    const { deltas, pieces } = filled(600)
    for (let i = 0; i <= 600; i++) expect(deltas.from(i)).toBe(pieces.slice(i).join(''))
  })

  test('gives everything between any two deltas', () => {
    const { deltas, pieces } = filled(600)
    for (let from = 0; from <= 600; from += 7) {
      for (let to = from; to <= 600; to += 13) expect(deltas.between(from, to)).toBe(pieces.slice(from, to).join(''))
      expect(deltas.between(from, 600)).toBe(pieces.slice(from).join(''))
    }
  })

  test('is read while it grows', () => {
    const deltas = new DeltaList()
    let read = ''
    for (let i = 0; i < 1000; i++) {
      deltas.push(`<${i}>`)
      if (i % 3 === 0) read += deltas.from(i === 0 ? 0 : i - 2)
    }
    expect(deltas.text.startsWith(read)).toBe(true)
    expect(deltas.at(256)).toBe('<256>')
  })
})
