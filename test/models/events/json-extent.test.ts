import { expect, test } from 'vitest'
import { JsonExtent } from '../../../src/models/events/json-extent.ts'
import { type Choices, property, runSize } from '../../support/property.ts'

function extentOf(text: string): string {
  const extent = new JsonExtent()
  extent.add(text)
  return extent.extent
}

function value(choices: Choices, depth: number): unknown {
  const kinds = depth > 3 ? 4 : 6
  switch (choices.below(kinds)) {
    case 0:
      return choices.below(1000) - 500
    case 1:
      return choices.pick(['', 'a', '"', '\\', '{', '}]', ',:', '\u00e9'])
    case 2:
      return choices.pick([true, false, null])
    case 3:
      return choices.below(100) / 7
    case 4:
      return choices.many(3, () => value(choices, depth + 1))
    default:
      return Object.fromEntries(
        choices.many(3, (index) => [`${choices.pick(['a', '"b', '{'])}${index}`, value(choices, depth + 1)]),
      )
  }
}

test('every prefix of a document is open, the whole is complete, and more is broken', async () => {
  await property(runSize('LAWS', 200), (choices) => {
    const text = JSON.stringify({ v: value(choices, 0) }, null, choices.below(3))
    for (let at = 1; at < text.length; at++) expect(extentOf(text.slice(0, at))).toBe('open')
    expect(extentOf(text)).toBe('complete')
    expect(extentOf(`${text} \n`)).toBe('complete')
    expect(extentOf(`${text}{`)).toBe('broken')
  })
})

test('a piece is accepted exactly when the text with it is not broken', async () => {
  await property(runSize('LAWS', 200), (choices) => {
    const text = JSON.stringify({ v: value(choices, 0) })
    const at = choices.below(text.length)
    const extent = new JsonExtent()
    extent.add(text.slice(0, at))
    expect(extent.accepts(text.slice(at))).toBe(true)
    const other = choices.pick(['{"w":1}', '}', ']', '"', ':', ',', '1', 'x', '{'])
    expect(extent.accepts(other)).toBe(extentOf(text.slice(0, at) + other) !== 'broken')
  })
})

test.each([
  ['', 'empty'],
  [' \n', 'empty'],
  ['{', 'open'],
  ['{}', 'complete'],
  ['[1,2', 'open'],
  ['{"a":1,', 'open'],
  ['1', 'broken'],
  ['"a"', 'broken'],
  ['{a:1}', 'broken'],
  ['{"a" 1}', 'broken'],
  ['{"a":1 "b"', 'broken'],
  ['[}', 'broken'],
  ['{]', 'broken'],
  ['{}{}', 'broken'],
])('%j is %s', (text, extent) => {
  expect(extentOf(text)).toBe(extent)
})
