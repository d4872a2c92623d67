import { describe, expect, test } from 'vitest'
import { property, runSize } from '../../support/property.ts'
import {
  faultsOf,
  interleave,
  type Meant,
  meantThings,
  outcomeOf,
  type Outcome,
  toolFormat,
  wires,
} from './interleaved.ts'

const size = runSize('LAWS', 150)

describe('interleaved calls and answers whose identity is dropped, repeated or zeroed', () => {
  test.each(wires)('$name gives the right calls and the right answer, or an error', async (wire) => {
    let rightOnes = 0
    await property(size, (choices) => {
      const isToolMode = choices.chance(40)
      const things = meantThings(choices, wire, isToolMode)
      const faults = faultsOf(choices, wire)
      const events = interleave(choices, wire, things, faults)
      const outcome = outcomeOf(wire.reader(isToolMode ? toolFormat : undefined), events)
      const wrong = wrongIn(outcome, things, isToolMode)
      if (wrong !== undefined) {
        const shown = events.map((event) => JSON.stringify(event)).join('\n')
        throw new Error(`${wrong}\n${JSON.stringify({ isToolMode, faults, things, outcome }, null, 1)}\n${shown}`)
      }
      if (outcome.error === undefined) rightOnes++
    })
    // An error for everything is not tolerance.
    expect(rightOnes).toBeGreaterThan(size.cases / 4)
  })

  test.each(wires)('$name gives the right calls when nothing is dropped', async (wire) => {
    await property(size, (choices) => {
      const things = meantThings(choices, wire, false)
      const faults = {
        ...faultsOf(choices, wire),
        id: 'kept',
        item: 'kept',
        position: 'kept',
        lost: 0,
        nameOnPieces: false,
      } as const
      // Gemini's pieces have nothing but an id to be distinguished by.
      const events = interleave(choices, wire, things, { ...faults, idOnPieces: true })
      const outcome = outcomeOf(wire.reader(undefined), events)
      expect(outcome.error).toBeUndefined()
      expect(wrongIn(outcome, things, false)).toBeUndefined()
    })
  })
})

/** What is wrong with a success: a call that was not meant, one that is missing, or an answer of pieces of several. */
function wrongIn(outcome: Outcome, things: readonly Meant[], isToolMode: boolean): string | undefined {
  if (outcome.error !== undefined) return undefined
  const isAnswer = (thing: Meant) => thing.kind === 'answer' || (isToolMode && thing.name === toolFormat.name)
  const key = ({ name, text }: { name: string; text: string }) => `${name} ${text}`
  const wanted = things.filter((thing) => !isAnswer(thing)).map(key)
  const got = outcome.calls.map(key)
  if (JSON.stringify(got.toSorted()) !== JSON.stringify(wanted.toSorted())) return `calls ${got.join(' | ')}`
  const answers = things.filter(isAnswer).map((thing) => thing.text)
  if (answers.length === 0) return outcome.text === '' ? undefined : `text ${outcome.text}`
  // Answers that follow each other may be one text; then each is whole in it.
  return isSequence(outcome.text, answers) ? undefined : `text ${outcome.text}`
}

function isSequence(text: string, answers: readonly string[]): boolean {
  if (text === '') return false
  let rest = text
  const left = [...answers]
  while (rest !== '') {
    const index = left.findIndex((answer) => rest.startsWith(answer))
    if (index < 0) return false
    rest = rest.slice(left.splice(index, 1)[0]!.length)
  }
  return true
}
