import type { z } from 'zod'

import { StructStreamError } from '../../src/errors.ts'
import type { Model } from '../../src/models/model.ts'
import { prepareSchema } from '../../src/partial/compile-schema.ts'
import type { RunOptions } from '../../src/index.ts'
import { runAtOnce } from '../../test/support/run-at-once.ts'

/** Model calls that a strategy may make. */
export const MOST_CALLS = 3

export interface Outcome {
  /** Passes the schema. */
  isValid: boolean
  data: unknown
}

/** Asks `model` until there is an answer, or it gives up. `watch` is given a look at the issues so far. */
export type Strategy = (schema: z.ZodType, model: Model, watch: (issues: () => number) => void) => Promise<Outcome>

const ours =
  (options: RunOptions): Strategy =>
  async (schema, model, watch) => {
    const stream = runAtOnce('The task.', schema, { ...options, model })
    watch(() => stream.issues.length)
    try {
      return { isValid: true, data: await stream.getData() }
    } catch {
      return { isValid: false, data: undefined }
    }
  }

export const STRATEGIES: Readonly<Record<string, Strategy>> = {
  'full retry (the usual way)': fullRetry,
  collect: ours({ onInvalid: 'collect' }),
  abort: ours({ onInvalid: 'abort' }),
  restart: ours({ onInvalid: 'restart', maxAttempts: MOST_CALLS }),
  patch: ours({ onInvalid: 'patch', maxAttempts: MOST_CALLS }),
  recover: ours({ recover: true, maxAttempts: MOST_CALLS }),
  'patch + recover': ours({ onInvalid: 'patch', recover: true, maxAttempts: MOST_CALLS }),
}

/**
 * What most programs do: read to the end, take the text from the first to the last bracket, parse it, validate it, and
 * when any of that fails ask for everything again. Refusals are not argued with, as in ours.
 */
async function fullRetry(schema: z.ZodType, model: Model): Promise<Outcome> {
  const { jsonSchema, strict } = await prepareSchema(schema, { dialect: model.dialect, mode: 'json-schema' })
  const format = { mode: 'json-schema', name: 'answer', schema: jsonSchema, strict } as const
  const messages = [{ role: 'user', content: 'The task.' }] as const
  for (let call = 0; call < MOST_CALLS; call++) {
    try {
      let text = ''
      let finish = ''
      for await (const event of model.stream({ messages, format, settings: {} }, new AbortController().signal)) {
        if (event.type === 'text-delta') text += event.text
        if (event.type === 'finish') finish = event.reason
      }
      if (finish === 'refusal') break
      if (finish !== 'stop') continue
      const from = text.search(/[[{]/)
      const to = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'))
      const result = await schema.safeParseAsync(JSON.parse(text.slice(from, to + 1)))
      if (result.success) return { isValid: true, data: result.data }
    } catch (error) {
      if (!(error instanceof StructStreamError || error instanceof SyntaxError)) throw error
    }
  }
  return { isValid: false, data: undefined }
}
