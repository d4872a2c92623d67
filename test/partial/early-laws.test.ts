import { expect, test } from 'vitest'
import { z } from 'zod'

import { Sampler } from '../support/json-sample.ts'
import { property, runSize } from '../support/property.ts'
import { hasZod4 } from '../support/zod-version.ts'
import { readingsOf, type Kind, type Reading } from './early/measure.ts'

// Generated schemas are used a few times each.
z.config({ jitless: true })

/** Objects whose discriminator comes after what is wrong are judged once it has come: the one place where the table is earlier. */
function mayBeLater({ kind, schema }: Reading): boolean {
  return kind !== 'zod' && /"(?:anyOf|oneOf)"/.test(JSON.stringify(schema))
}

/* Law 4, from both sides: no report that some continuation could belie, and none later than the table
 * of earliest reports says (test/partial/by-type.test.ts has its rows for Zod). The table and the best possible are worked out anew in early/, from the keywords alone. */
test.each<[Kind, number]>([
  ['json', 50],
  ['json-solved', 15],
  // The table has the rules of the newest Zod.
  ...(hasZod4(5) ? [['zod', 50] as [Kind, number]] : []),
])(
  '%s: a violation is reported where it is certain, not before and not after',
  async (kind, cases) => {
    const seen = { valid: 0, invalid: 0, later: 0 }
    await property(runSize('LAWS', cases), async (choices) => {
      for (const reading of await readingsOf(choices, kind)) {
        const { text, isValid, ours, table, best } = reading
        const hold = (holds: boolean, law: string): void => {
          if (holds) return
          const places = { ours, table, best }
          expect.fail(`${law}: ${text}\n${JSON.stringify(places)}\n${JSON.stringify(reading.schema, null, 1)}`)
        }
        seen[isValid ? 'valid' : 'invalid']++
        hold((table === null) === isValid, 'the table agrees with the final verdict')
        hold((ours === null) === isValid, 'what fits is not reported, and what does not is')
        if (ours === null || table === null) continue
        if (ours > table) seen.later++
        hold(ours <= table || mayBeLater(reading), 'no later than the table says')
        hold(best === null || best <= ours, 'some continuation fits until then')
      }
    })
    expect(seen.valid).toBeGreaterThan(cases)
    expect(seen.invalid).toBeGreaterThan(cases / 2)
    expect(seen.later).toBeLessThan(seen.invalid / 50)
  },
  120_000,
)

test('The sampler takes a part that two ways lead to once, at every level', async () => {
  const part = { $ref: '#/$defs/part' }
  const endless = { type: 'object', properties: { a: part }, required: ['a'], allOf: [{ properties: { a: part } }] }
  const sampler = new Sampler({ ...part, $defs: { part: endless } })
  await property({ cases: 1, seed: 1 }, (choices) => expect(sampler.sample(choices)).toBe(undefined))
})
