import { expect, test } from 'vitest'
import { schemas } from '../../../schemas/index.ts'
import { lineWidth, paint } from '../../../src/cli/view/spans.ts'
import type { TreeContext } from '../../../src/cli/view/tree.ts'
import { treeLines } from '../../../src/cli/view/tree.ts'

const done: TreeContext = { isComplete: () => true, issues: [] }
const lines = (value: unknown, known: TreeContext, width = 60): string[] =>
  treeLines(value, known, width).map((line) => paint(line, false).trimEnd())

test('complete fields have a tick, open ones a mark and a cursor', () => {
  const open: TreeContext = { isComplete: (path) => path[0] === 'title', issues: [] }
  expect(lines({ title: 'Alien', reason: 'In space' }, open)).toEqual(['✓ title   Alien', '… reason  In space▌'])
})

test('lists of objects are rows, nested objects are indented', () => {
  const value = { lines: [{ what: 'Hosting', months: 12 }], payment: { method: 'cash' }, tags: ['a', 'b'] }
  expect(lines(value, done)).toEqual([
    '✓ lines 1',
    '  ✓ 1 what\u00a0Hosting · months\u00a012',
    '✓ payment',
    '  ✓ method  cash',
    '✓ tags     a, b',
  ])
})

test('issues are marked where they are and on the way there', () => {
  const known: TreeContext = {
    isComplete: () => true,
    issues: [{ path: ['lines', 1, 'price'], code: 'x', message: 'bad' }],
  }
  expect(lines({ lines: [{ price: 1 }, { name: 'b' }] }, known)).toEqual([
    '✗ lines 2',
    '  ✓ 1 price\u00a01',
    '  ✗ 2 name\u00a0b',
  ])
})

test('nothing yet, roots that are not objects, values that are not data', () => {
  expect(lines(undefined, done)).toEqual(['…'])
  expect(lines('text', done)).toEqual(['✓ text'])
  expect(lines([1, null], done)).toEqual(['✓ 1', '✓ null'])
  expect(lines({ at: new Date(0), bad: new Date(Number.NaN), big: 5n, map: new Map() }, done)).toEqual([
    '✓ at   1970-01-01T00:00:00.000Z',
    '✓ bad  no date',
    '✓ big  5',
    '✓ map  Map',
  ])
})

test('keys and values of a model are made harmless', () => {
  const known: TreeContext = { isComplete: () => true, issues: [] }
  expect(lines({ '\x1b[2Jkey': '\x1b[31mred', list: [{ '\x07k': '\x9b0mv' }] }, known)).toEqual([
    '✓ key   red',
    '✓ list 1',
    '  ✓ 1 k\u00a0v',
  ])
})

test('of what is longer than the screen, only the end is laid out', () => {
  const known = { ...done, rows: 3 }
  const list = Array.from({ length: 10_000 }, (_, index) => index)
  expect(lines(list, known)).toEqual(['⋮ 9997 before', '✓ 9997', '✓ 9998', '✓ 9999'])
  const dictionary = Object.fromEntries(list.map((index) => [`key${index}`, index]))
  expect(lines(dictionary, known).at(-1)).toBe('✓ key9999  9999')
  expect(lines(dictionary, known)).toHaveLength(4)
  const text = lines({ text: `${'x'.repeat(1_000_000)}end` }, known)
  expect(text.length).toBeLessThan(30)
  expect(text.at(-1)).toMatch(/end$/)
})

test('every ready-made sample fits every width', () => {
  for (const { sample } of Object.values(schemas)) {
    for (const width of [10, 11, 20, 39, 79, 200]) {
      for (const line of treeLines(sample, done, width)) expect(lineWidth(line)).toBeLessThanOrEqual(width + 1)
    }
  }
})
