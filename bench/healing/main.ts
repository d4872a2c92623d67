import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

import { drawHealing } from './chart.ts'
import { measure, tasks } from './measure.ts'
import { report } from './report.ts'
import type { Rates } from './unreliable.ts'

// Generated schemas are used some hundred times each.
z.config({ jitless: true })

/** Share of the calls with each mishap: three calls in ten go wrong. */
const RATES: Rates = {
  'wrong-type': 0.03,
  'missing-field': 0.03,
  'extra-field': 0.02,
  'enum-typo': 0.03,
  'broken-quoting': 0.03,
  fence: 0.02,
  prose: 0.02,
  truncation: 0.04,
  disconnect: 0.03,
  stall: 0.02,
  overload: 0.02,
  refusal: 0.01,
}

const runs = Number(process.argv[2] ?? 10_000)
const rows = await measure(runs, RATES, await tasks(7))
const folder = join(import.meta.dirname, '..')
const text = report(rows, { runs, rates: RATES, node: process.version })
await writeFile(join(folder, 'HEALING.md'), text)
await writeFile(join(folder, 'healing.svg'), drawHealing(rows, runs))
console.log(text)
