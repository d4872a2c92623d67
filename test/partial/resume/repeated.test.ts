import { describe, expect, test } from 'vitest'

import { NewElements } from '../../../src/partial/resume/new-elements.ts'
import { lastWords, RepeatedText } from '../../../src/partial/resume/repeated-text.ts'
import { replayValue } from '../../../src/json/sinks/replay-value.ts'
import { OpenDocument } from '../../../src/json/sinks/open-document.ts'
import { property, runSize, type Choices } from '../../support/property.ts'

/** What is new in `rest`, in pieces of the given sizes. */
function fresh(before: string, rest: string, size = () => 1): { text: string; repeated: string } {
  const repeated = new RepeatedText(before)
  let text = ''
  for (let at = 0; at < rest.length;) {
    const end = at + size()
    text += repeated.push(rest.slice(at, end))
    at = end
  }
  text += repeated.end()
  return { text, repeated: repeated.repeated }
}

describe('a text that continues another one', () => {
  test.each<[string, string, string, string]>([
    ['nothing is repeated', 'ENIAC was the first', ' compiler', ''],
    ['a word that was cut is begun again', 'It was the first comp', 'compiler, and found', 'comp'],
    [
      'the last words are repeated, as was asked',
      'It was the first comp',
      'the first compiler, and found',
      'the first comp',
    ],
    ['all of it is repeated', 'It was the first comp', 'It was the first compiler', 'It was the first comp'],
    ['all of a short text is repeated', 'Al', 'Alien', 'Al'],
    ['a short continuation begins like the text', 'Alien and', ' Alien', ''],
    ['two letters agree by chance', 'a panda is', 'is it', ''],
    ['it repeats less than a word', 'the compiler', 'piler is', ''],
    ['it is empty', 'the compiler', '', ''],
    ['it ends inside what could be a repetition', 'one two three four', 'two thr', ''],
    ['before it there was nothing', '', 'one', ''],
    [
      'a script without spaces repeats its end',
      '映画は素晴らしいと思い',
      '映画は素晴らしいと思います',
      '映画は素晴らしいと思い',
    ],
  ])('%s', (_, before, rest, repeated) => {
    expect(fresh(before, rest)).toEqual({ text: rest.slice(repeated.length), repeated })
  })

  test('The pieces in which it comes change nothing', () =>
    property(runSize('LAWS', 2_000), (choices) => {
      const word = (): string => choices.pick(['a', 'ab', 'the', 'computer', 'comp', '12', '映画', '😀'])
      const text = (most: number): string => choices.many(most, word).join(choices.pick([' ', ', ', '']))
      const before = text(8)
      const rest = choices.pick([text(6), before + text(3), lastWords(before) + text(3), before.slice(-3) + text(2)])
      const whole = fresh(before, rest, () => rest.length)
      expect(fresh(before, rest, () => 1 + choices.below(4))).toEqual(whole)
      expect(whole.repeated + whole.text).toBe(rest)
      expect(before.endsWith(whole.repeated) || before === whole.repeated).toBe(true)
    }))

  test('What was asked to be repeated is always found', () =>
    property(runSize('LAWS', 1_000), (choices) => {
      const before = choices.many(12, () => choices.pick(['a', 'of', 'the', 'computer', 'and', '42', 'é'])).join(' ')
      const rest = choices.pick([' b', 'b', ', and then', '.', ' the'])
      const { repeated } = fresh(before, lastWords(before) + rest)
      expect(repeated.length).toBeGreaterThanOrEqual(lastWords(before).length)
    }))

  test('Nothing is given out before it is certain', () => {
    const repeated = new RepeatedText('It was the first comp')
    expect(['the', ' first', ' comp', 'iler'].map((piece) => repeated.push(piece))).toEqual(['', '', '', 'iler'])
  })
})

/** The elements that reach the list, whose first ones are `before`. */
function elements(before: unknown[], rest: unknown[]): { list: unknown[]; repeated: number } {
  const record = new OpenDocument()
  record.beginArray()
  for (const element of before) replayValue(record, element)
  let repeated = 0
  const sink = new NewElements(record, before, (count) => {
    repeated += count
  })
  for (const element of rest) replayValue(sink, element)
  sink.endArray()
  return { list: record.value as unknown[], repeated }
}

describe('elements that continue a list', () => {
  const a = { id: 1, name: 'first' }
  const b = { id: 2, name: 'second' }
  const c = { id: 3, name: 'third' }

  test.each<[string, unknown[], unknown[], number]>([
    ['none is repeated', [a, b], [c], 0],
    ['the whole list is repeated', [a, b], [a, b, c], 2],
    ['the last element is repeated', [a, b], [b, c], 1],
    ['keys come in another order', [a, b], [{ name: 'second', id: 2 }, c], 1],
    ['an earlier element comes again', [a, b], [a, c], 0],
    ['only what is there comes', [a, b], [a, b], 2],
    ['a part of the list comes', [a, b, c], [a, b], 0],
    ['short values agree by chance', [1, 2, 1], [1, 5], 0],
    ['equal values agree by chance', [0, 0], [0, 0, 1], 0],
    ['a list of different short values is repeated', [1, 2, 3], [1, 2, 3, 4], 3],
    ['the list was empty', [], [a], 0],
    ['nothing comes', [a], [], 0],
  ])('%s', (_, before, rest, repeated) => {
    expect(elements(before, rest)).toEqual({ list: [...before, ...rest.slice(repeated)], repeated })
  })

  test('Of any elements, only a repetition at the end of the list is left out', () =>
    property(runSize('LAWS', 1_000), (choices: Choices) => {
      const element = (): unknown => choices.pick([1, 2, 'x', a, b, c, [], {}])
      const before = choices.many(5, element)
      const rest = [...choices.pick([[], before, before.slice(-1), before.slice(1)]), ...choices.many(3, element)]
      const { list, repeated } = elements(before, rest)
      expect(list).toEqual([...before, ...rest.slice(repeated)])
      expect(rest.slice(0, repeated)).toEqual(before.slice(before.length - repeated))
    }))
})
