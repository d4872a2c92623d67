import type { Attributes, Counter, Histogram, Meter } from '@opentelemetry/api'
import type { Usage } from '../types.ts'
import { ATTRIBUTE } from './conventions.ts'

const DURATIONS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92]

/** Everything that is counted, made once per meter. */
export class Instruments {
  readonly duration: Histogram
  readonly timeToFirstChunk: Histogram
  readonly timePerOutputChunk: Histogram
  readonly toolDuration: Histogram
  readonly runDuration: Histogram
  readonly repairs: Counter
  readonly patches: Counter
  readonly restarts: Counter
  readonly recoveries: Counter
  readonly issues: Counter
  readonly #tokens: readonly (readonly [keyof Usage, Counter])[]

  constructor(meter: Meter) {
    const seconds = (name: string, description: string): Histogram =>
      meter.createHistogram(name, { unit: 's', description, advice: { explicitBucketBoundaries: DURATIONS } })
    const count = (name: string, unit: string, description: string): Counter =>
      meter.createCounter(name, { unit, description })
    const inference = 'gen_ai.client.inference'
    this.duration = seconds(`${inference}.duration`, 'From the request to the end of its answer.')
    this.timeToFirstChunk = seconds(`${inference}.time_to_first_chunk`, 'From the request to the first chunk.')
    this.timePerOutputChunk = seconds(`${inference}.time_per_output_chunk`, 'Between a chunk and the next.')
    this.toolDuration = seconds('gen_ai.execute_tool.duration', 'What a tool took.')
    this.runDuration = seconds('structstream.run.duration', 'From the call to the end of the run.')
    this.repairs = count('structstream.repairs', '{repair}', 'Repairs of JSON.')
    this.patches = count('structstream.patches', '{patch}', 'Answers of which a part was asked for again.')
    this.restarts = count('structstream.restarts', '{restart}', 'Answers that were asked for again.')
    this.recoveries = count('structstream.recoveries', '{recovery}', 'Cut answers that were continued.')
    this.issues = count('structstream.issues', '{issue}', 'Places where an answer did not fit its schema.')
    const tokens = (name: string, description: string): Counter =>
      count(`${inference}.usage.${name}`, '{token}', description)
    this.#tokens = [
      ['inputTokens', tokens('input_tokens', 'Input tokens, cached ones included.')],
      ['outputTokens', tokens('output_tokens', 'Output tokens, reasoning included.')],
      ['cachedInputTokens', tokens('cache_read.input_tokens', 'Input tokens read from a cache.')],
      ['cacheWriteTokens', tokens('cache_write.input_tokens', 'Input tokens written to a cache.')],
      ['reasoningTokens', tokens('reasoning.output_tokens', 'Output tokens used for reasoning.')],
    ]
  }

  /** Counts the tokens of one attempt. */
  usage(usage: Usage, attributes: Attributes): void {
    // Providers don't say of what kind their tokens are.
    const all = { ...attributes, [ATTRIBUTE.tokenModality]: 'unknown' }
    for (const [name, counter] of this.#tokens) {
      const value = usage[name]
      if (value !== undefined) counter.add(value, all)
    }
  }
}
