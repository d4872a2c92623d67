import { expect, test } from 'vitest'
import { changesBetween, withChanges } from '../../playground/changes.ts'
import { judge } from '../../playground/judge.ts'
import { schemas } from '../../schemas/index.ts'
import { openPartial } from '../../src/open-partial.ts'
import type { AnySchema } from '../../src/schema/types.ts'
import { property, runSize, type Choices } from '../support/property.ts'

const never = new AbortController().signal

/** JSON that shares what it can with `base`, as a growing value does. */
function grown(base: unknown, choices: Choices, depth = 0): unknown {
  if (choices.below(4) === 0) return base
  if (typeof base === 'string' && choices.below(2) === 0) return `${base}${choices.pick(['', 'x', '🙂'])}`
  const keys = ['a', 'b', '__proto__', '0', '']
  switch (choices.below(depth > 3 ? 2 : 4)) {
    case 0:
      return choices.pick([null, 0, 1.5, true, '', 'text'])
    case 1:
      return choices.pick(['te', 'tex', undefined])
    case 2: {
      const list = Array.isArray(base) ? (base as unknown[]) : []
      return Array.from({ length: choices.below(4) }, (_, index) => grown(list[index], choices, depth + 1))
    }
    default: {
      const from = (typeof base === 'object' && base !== null ? base : {}) as Record<string, unknown>
      const entries = choices.many(4, () => choices.pick(keys))
      return Object.fromEntries(
        entries.map((key) => [key, grown(Object.hasOwn(from, key) ? from[key] : 0, choices, depth + 1)]),
      )
    }
  }
}

test('the changes between two values make the second of the first, and leave the first alone', async () => {
  await property(runSize('LAWS', 300), async (choices) => {
    const before = grown(undefined, choices)
    const after = grown(before, choices)
    const copy = structuredClone(before)
    // They are sent as JSON.
    const sent = JSON.parse(JSON.stringify(changesBetween(before, after))) as ReturnType<typeof changesBetween>
    const made = withChanges(before, sent)
    expect(JSON.stringify(made)).toBe(JSON.stringify(after))
    expect(before).toEqual(copy)
  })
})

test('after each event, what is shown is what a reader of the text so far shows', async () => {
  await property(runSize('LAWS', 20), async (choices) => {
    const { schema, sample } = choices.pick(Object.values(schemas))
    const text = `${choices.pick(['', 'Sure:\n'])}${JSON.stringify(sample, null, choices.below(3))}`
    const broken = choices.below(3) === 0 ? text.replace(/\d+/, '"many"') : text
    const chunk = 1 + choices.below(40)
    const source = { kind: 'pasted', text: broken, chunk, delay: 1 } as const
    const { frames } = await judge({ source, onInvalid: 'collect', repair: true }, schema, never)
    const reader = await openPartial(schema as AnySchema)
    let shown: unknown
    for (const { type, text: delta, changes = [] } of frames) {
      if (type !== 'text-delta') break
      shown = withChanges(shown, changes)
      reader.push(delta)
      expect(shown).toEqual(reader.value)
    }
  })
})
