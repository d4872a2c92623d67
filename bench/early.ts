import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

import { readingsOf, reasonOf, type Kind } from '../test/partial/early/measure.ts'
import { property } from '../test/support/property.ts'
import { table } from './markdown.ts'

// Generated schemas are used a few times each.
z.config({ jitless: true })

const NAMES: Record<Kind, string> = {
  json: 'JSON Schema',
  'json-solved': 'JSON Schema, keywords that can be solved',
  zod: 'Zod',
}

interface Sums {
  schemas: number
  valid: number
  invalid: number
  falseAlarms: number
  missed: number
  equal: number
  later: number
  earlier: number
  ours: number
  table: number
  best: number
  reasons: Map<string, { count: number; characters: number }>
}

async function measure(kind: Kind, cases: number, seed: number): Promise<Sums> {
  const sums: Sums = {
    schemas: 0,
    valid: 0,
    invalid: 0,
    falseAlarms: 0,
    missed: 0,
    equal: 0,
    later: 0,
    earlier: 0,
    ours: 0,
    table: 0,
    best: 0,
    reasons: new Map(),
  }
  await property({ cases, seed }, async (choices) => {
    const readings = await readingsOf(choices, kind)
    if (readings.length > 0) sums.schemas++
    for (const reading of readings) {
      const { text, isValid, ours, best } = reading
      if (isValid) {
        sums.valid++
        if (ours !== null) sums.falseAlarms++
        continue
      }
      sums.invalid++
      if (ours === null) {
        sums.missed++
        continue
      }
      const byTable = reading.table!
      if (ours === byTable) sums.equal++
      else if (ours > byTable) sums.later++
      else sums.earlier++
      // Each document counts the same, however long it is.
      sums.ours += ours / text.length
      sums.table += byTable / text.length
      sums.best += (best ?? 0) / text.length
      if (best === null || best >= ours) continue
      const reason = reasonOf(reading)
      const known = sums.reasons.get(reason) ?? { count: 0, characters: 0 }
      sums.reasons.set(reason, { count: known.count + 1, characters: known.characters + ours - best })
    }
  })
  return sums
}

const cases = Number(process.argv[2] ?? 4000)
const seed = Number(process.argv[3] ?? 1)
const sizes: [Kind, number][] = [
  ['json', cases],
  ['zod', cases],
  ['json-solved', Math.ceil(cases / 4)],
]
const results: [Kind, Sums][] = []
for (const [kind, count] of sizes) results.push([kind, await measure(kind, count, seed)])

const number = (value: number): string => value.toLocaleString('en')
const percent = (sum: number, { invalid, missed }: Sums): string => `${((100 * sum) / (invalid - missed)).toFixed(2)} %`
const rows = results.map(([kind, sums]) => [
  NAMES[kind],
  number(sums.schemas),
  number(sums.valid),
  number(sums.invalid),
  number(sums.falseAlarms),
  number(sums.missed),
  number(sums.equal),
  number(sums.later),
  number(sums.earlier),
])
const shares = results.map(([kind, sums]) => [
  NAMES[kind],
  percent(sums.ours, sums),
  percent(sums.table, sums),
  kind === 'json-solved' ? percent(sums.best, sums) : '–',
])
const solved = results.find(([kind]) => kind === 'json-solved')![1]
const reasons = [...solved.reasons]
  .toSorted(([, a], [, b]) => b.count - a.count)
  .map(([reason, { count, characters }]) => [reason, number(count), (characters / count).toFixed(1)])
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
const text = `# How early a violation is reported

Documents of generated schemas, one character at a time; for each document that fits its schema there is one that is like
it but for one part. There are two oracles that share nothing with the library (\`test/partial/early/\`): the *table*
of earliest certain reports, written anew as a function over what has come, for JSON Schema from its keywords and for Zod
from its definitions; and the *best possible*, a solver that looks for a continuation that fits, for the keywords whose
parts can be judged one by one. Made by \`npm run bench:early -- ${cases} ${seed}\`, Node ${process.version}, commit ${commit}.

${table(['schemas', 'number', 'valid', 'invalid', 'false alarms', 'missed', 'as the table', 'later', 'earlier'], rows)}

Share of the text that was read before the report, mean over the invalid documents:

${table(['schemas', 'ours', 'the table', 'best possible'], shares)}

- *Later* than the table: objects that are distinguished by a discriminator which comes after what is wrong. They are
  collected unseen until it has come, for JSON Schema as for Zod (whose row of the table says so).
- *Earlier* than the table, which judges whole tokens: patterns and bounded numbers inside them, keys that no declared key
  begins with, commas after which nothing can follow, and schemas that contradict themselves.

Where the best possible is earlier than ours (${number([...solved.reasons.values()].reduce((sum, { count }) => sum + count, 0))} of ${number(solved.invalid)} documents):

${table(['reason', 'documents', 'characters, mean'], reasons)}

The solver searches numbers and strings a few characters ahead, so that it may call a text lost that a longer number would save:
the best possible may be a little later than it says, never earlier.
`
await writeFile(join(import.meta.dirname, 'EARLY.md'), text)
console.log(text)
