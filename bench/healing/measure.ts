import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'

import { prepareSchema } from '../../src/partial/compile-schema.ts'
import { schemas } from '../../schemas/index.ts'
import { anySchema } from '../../test/partial/schemas.ts'
import { Choices } from '../../test/support/property.ts'
import { random } from '../../src/models/simulate/random.ts'
import { STRATEGIES, type Strategy } from './strategies.ts'
import { unreliable, type Rates } from './unreliable.ts'

/** Characters of a token, roughly. */
const TOKEN = 4

export interface Task {
  schema: z.ZodType
  document: unknown
  data: unknown
}

/** One strategy over all runs. Means are per run. */
export interface Row {
  name: string
  /** Share of the runs that end in data that pass the schema. */
  valid: number
  /** Share that ends in the intended data. */
  right: number
  calls: number
  outputTokens: number
  /** Output beyond one whole answer. */
  extraOutput: number
  inputTokens: number
  /** Characters that had been read when trouble was certain, as a share of the whole answer; runs with trouble only. */
  sign: number
}

/** The bundled schemas, and generated ones whose documents are long enough to matter. */
export async function tasks(generated: number): Promise<Task[]> {
  const found: Task[] = Object.values(schemas).map(({ schema, sample }) => ({
    schema,
    document: sample,
    data: schema.parse(sample),
  }))
  for (let seed = 1; found.length < Object.keys(schemas).length + generated; seed++) {
    const between = random(seed)
    const choices = new Choices(() => between(0, 65_535))
    const sample = anySchema(choices, 3)
    const { schema } = sample
    const document: unknown = JSON.parse(JSON.stringify(sample.fit(choices) ?? null))
    if (JSON.stringify(document).length < 120) continue
    const verdict = await schema.safeParseAsync(document).catch(() => ({ success: false as const }))
    const target = { dialect: 'json-schema', mode: 'json-schema' } as const
    const isUsable =
      verdict.success &&
      (await prepareSchema(schema, target).then(
        () => true,
        () => false,
      ))
    if (isUsable) found.push({ schema, document, data: verdict.data })
  }
  return found
}

/** Runs every strategy over the same tasks and the same mishaps. */
export async function measure(runs: number, rates: Rates, of: readonly Task[]): Promise<Row[]> {
  const rows: Row[] = []
  for (const [name, strategy] of Object.entries(STRATEGIES))
    rows.push(await measureOne(name, strategy, runs, rates, of))
  return rows
}

async function measureOne(
  name: string,
  strategy: Strategy,
  runs: number,
  rates: Rates,
  of: readonly Task[],
): Promise<Row> {
  const sum = { valid: 0, right: 0, calls: 0, output: 0, extra: 0, input: 0, signs: 0, troubled: 0 }
  for (let run = 0; run < runs; run++) {
    const { schema, document, data } = of[run % of.length]!
    const whole = JSON.stringify(document).length
    let issues = (): number => 0
    let sign: number | undefined
    const model = unreliable({
      document,
      rates,
      seed: run,
      onHandled(chars) {
        if (sign === undefined && issues() > 0) sign = chars
      },
    })
    // The end of a call that has to be made again is the latest sign.
    const { meter } = model
    const stream = model.stream.bind(model)
    let first: number | undefined
    model.stream = async function* (request, signal) {
      if (meter.calls === 1) first ??= meter.outputChars
      yield* stream(request, signal)
    }
    const outcome = await strategy(schema, model, (look) => {
      issues = look
    })
    if (meter.calls === 1 && !outcome.isValid) first = meter.outputChars
    sign ??= first
    sum.valid += Number(outcome.isValid)
    sum.right += Number(outcome.isValid && isDeepStrictEqual(outcome.data, data))
    sum.calls += meter.calls
    sum.output += meter.outputChars
    sum.extra += Math.max(0, meter.outputChars - whole)
    sum.input += meter.inputChars
    if (sign !== undefined) {
      sum.troubled++
      sum.signs += Math.min(1, sign / whole)
    }
  }
  return {
    name,
    valid: sum.valid / runs,
    right: sum.right / runs,
    calls: sum.calls / runs,
    outputTokens: sum.output / runs / TOKEN,
    extraOutput: sum.extra / runs / TOKEN,
    inputTokens: sum.input / runs / TOKEN,
    sign: sum.troubled === 0 ? 0 : sum.signs / sum.troubled,
  }
}
