import { fc } from '../../support/fast-check.ts'
import { expect, test } from 'vitest'
import { completeHistory } from '../../../src/stream/driver/complete-history.ts'
import type { Message } from '../../../src/types.ts'

const id = fc.constantFrom('a', 'b', 'c', 'd')
const message: fc.Arbitrary<Message> = fc.oneof(
  fc.constant<Message>({ role: 'user', content: 'q' }),
  fc.constant<Message>({ role: 'system', content: 's' }),
  fc.uniqueArray(id, { maxLength: 3 }).map((ids): Message => {
    const toolCalls = ids.map((id) => ({ id, name: 'tool', arguments: '{}' }))
    return { role: 'assistant', content: 'a', ...(ids.length > 0 && { toolCalls }) }
  }),
  id.map((toolCallId): Message => ({ role: 'tool', toolCallId, content: 'r' })),
)
const histories = fc.array(message, { maxLength: 12 })

/** Ids of calls and of the results right after them, by assistant message; stray results are listed alone. */
function groups(messages: readonly Message[]): { calls: string[]; results: string[] }[] {
  const found: { calls: string[]; results: string[] }[] = []
  for (const message of messages) {
    if (message.role === 'tool') found.at(-1)!.results.push(message.toolCallId)
    else
      found.push({
        calls: message.role === 'assistant' ? (message.toolCalls ?? []).map(({ id }) => id) : [],
        results: [],
      })
  }
  return found
}

test('each call has one result right after it, and each result its call', () => {
  fc.assert(
    fc.property(histories, (history) => {
      for (const { calls, results } of groups([{ role: 'user', content: '' }, ...completeHistory(history)])) {
        expect(results.toSorted()).toEqual(calls.toSorted())
      }
    }),
    { numRuns: 500 },
  )
})

test('what was in order stays the same list, and everything said stays', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const tied = completeHistory(history)
      expect(completeHistory(tied)).toBe(tied)
      const said = (messages: readonly Message[]): Message[] => messages.filter(({ role }) => role !== 'tool')
      expect(said(tied)).toEqual(said(history))
      // Results that were in their place are kept unchanged.
      const kept = tied.filter((message) => message.role === 'tool' && message.isError !== true)
      expect(kept.every((message) => history.includes(message))).toBe(true)
    }),
    { numRuns: 500 },
  )
})
