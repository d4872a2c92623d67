import { deepStrictEqual } from 'node:assert'

import { IncrementalJsonParser, JsonError } from '../../src/json/index.ts'
import { oneByOne, randomChunks } from '../support/chunkings.ts'
import type { Choices } from '../support/property.ts'
import { oracle } from './oracle.ts'

/** Few characters and short tokens: so that random texts are often JSON, or nearly. */
const ALPHABETS: readonly (readonly string[])[] = [
  ['"', '\\', ':', ',', '{', '}', 'a', 'b'],
  ['"', '\\', ':', ',', '{', '}', '[', ']', '1', 'e', '.', '-', 't', ' '],
  ['"a"', '"b"', '"ab"', ':', ',', '{', '}', '{"a":', '1', '"', 'a'],
  ['"', '\\', 'u', 'd', '8', '3', 'd', 'e', '0', '\\ud83d', '\\ude00', '\ud83d', '\ude00', 'x'],
  ['-', '0', '1', '9', '.', 'e', 'E', '+', ',', '[', ']', ' '],
  ['[', ']', '{', '}', ',', 'true', 'false', 'null', 'tru', 'l', '\n', '"k":'],
]

/** A random text over a small alphabet. */
export function someText(choices: Choices): string {
  const alphabet = choices.pick(ALPHABETS)
  const opening = choices.pick(['', '[', '{"a":1,"b":[],', '[{"a":1},{"', '"', '{"'])
  return opening + choices.many(24, () => choices.pick(alphabet)).join('')
}

/**
 * One text, read in one way: the verdict and value of the oracle, whatever was looked at on the way; what was shown
 * is never taken back but by a duplicate key.
 */
export function checkText(choices: Choices, text: string): void {
  const parser = new IncrementalJsonParser()
  const verdict = oracle(text)
  const chunks = choices.chance(50) ? oneByOne(text) : randomChunks(choices, text, 6)
  try {
    for (const chunk of chunks) {
      parser.push(chunk)
      if (choices.chance(30)) parser.snapshot({ exact: choices.chance(50) })
    }
    const value = parser.end()
    if (!verdict.ok) throw new Error(`accepted ${JSON.stringify(text)}, wrong at ${verdict.position}`)
    deepStrictEqual(value, verdict.value)
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    if (verdict.ok)
      throw new Error(`rejected ${JSON.stringify(text)} cut as ${JSON.stringify(chunks)}`, { cause: error })
    if (error.position !== verdict.position)
      throw new Error(`${JSON.stringify(text)} is wrong at ${verdict.position}, not ${error.position}`, {
        cause: error,
      })
  }
}
