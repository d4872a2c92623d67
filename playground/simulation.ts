import type { Model } from '../src/models/model.ts'
import { sampleOf } from '../src/models/simulate/sample-data.ts'
import { simulate, type SimulatedFaults } from '../src/models/simulate/index.ts'
import type { JsonSchemaObject } from '../src/types.ts'
import type { Fault, PlayRequest } from './protocol.ts'
import { sloppyText, withoutField, withWrongValue } from './spoil.ts'

/** A model without a network, and how long its first answer would be if no one stopped it. */
export interface Simulation {
  model: Model
  /** Characters. */
  length: number
}

/** Where an answer breaks off, as a part of its length. */
const BREAK = 0.55

const REASONING =
  'The question is clear. I know the fields and their types, so I go through them in order: what is certain first, then what needs a choice. Numbers have to be numbers, and nothing may be left out.'

/**
 * A simulated model whose first answer has the chosen fault, and which answers rightly when it is asked again.
 *
 * @param document the right answer
 */
export function simulation(
  choice: Extract<PlayRequest['model'], { kind: 'simulated' }>,
  document: unknown,
): Simulation {
  const { speed, chunk, fault, reasoning } = choice
  const first = firstAnswer(fault, document)
  const model = simulate({
    response: first,
    truth: document,
    delayMs: 1_000 / speed,
    chunkSize: [Math.max(1, Math.ceil(chunk / 2)), Math.max(1, Math.floor(chunk * 1.5))],
    faults: [faultsOf(fault, Math.ceil(first.length * BREAK))],
    ...(reasoning && { reasoning: REASONING }),
  })
  return { model, length: fault === 'refusal' || fault === 'rate-limited' ? 0 : first.length }
}

/** What answers a schema of which nothing else is known. */
export function sampleFor(schema: JsonSchemaObject): unknown {
  return sampleOf(schema, 1)
}

function firstAnswer(fault: Fault, document: unknown): string {
  if (fault === 'sloppy') return sloppyText(document)
  if (fault === 'invalid') return JSON.stringify(withWrongValue(document))
  if (fault === 'missing') return JSON.stringify(withoutField(document))
  return JSON.stringify(document)
}

function faultsOf(fault: Fault, at: number): SimulatedFaults | undefined {
  switch (fault) {
    case 'cut':
      return { errorAt: at }
    case 'stall':
      return { stallAt: at }
    case 'truncated':
      return { finish: 'length', finishAt: at }
    case 'refusal':
      return { refuse: 'I am sorry, but I cannot help with that.' }
    case 'filtered':
      return { finish: 'content-filter', finishAt: at }
    case 'rate-limited':
      return { status: 429 }
    case 'none':
    case 'sloppy':
    case 'invalid':
    case 'missing':
      return undefined
    default: {
      const never: never = fault
      return never
    }
  }
}
