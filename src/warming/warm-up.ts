import { StructStreamError } from '../errors.ts'
import { run } from '../run-stream.ts'
import type { AnySchema } from '../schema/types.ts'
import { modeFor, pickModel } from '../stream/driver/choose-model.ts'
import { currentDefaults } from '../stream/options/configured.ts'
import { checkOptions, settle } from '../stream/options/run-options.ts'
import type { RunOptions } from '../stream/types.ts'
import type { Mode, Usage } from '../types.ts'
import type { WarmOptions, WarmResult } from './types.ts'

/** Providers that say that they compile a schema when they first see it, and keep the result; by what they enforce. */
const COMPILES: Readonly<Record<string, readonly Mode[]>> = {
  openai: ['json-schema', 'tool'],
  azure: ['json-schema', 'tool'],
  anthropic: ['json-schema'],
}

/** A few words: the shortest that every one of these providers takes. */
const MAX_OUTPUT_TOKENS = 16

/** Ends of a request that the provider has answered: of a few words nothing more can be expected. */
const ANSWERED: ReadonlySet<string> = new Set([
  'truncated',
  'refused',
  'content_filtered',
  'no_json',
  'malformed_json',
  'invalid_data',
  // It calls a tool, which isn't run.
  'limit_exceeded',
])

/** Loaded by the first `warm()`, which says what it does. */
export async function warmUp(schema: AnySchema, options: WarmOptions): Promise<WarmResult> {
  const { model: choice, mode: wanted, tools, providerOptions, signal } = options
  if (schema === undefined) throw new StructStreamError('bad_options', 'warm() expects a schema, got undefined.')
  const given: RunOptions = { model: choice, mode: wanted, tools, providerOptions, signal }
  checkOptions(given)
  const settings = settle(given, currentDefaults())
  const model = await pickModel(settings, 0)
  const mode = modeFor(model, settings.mode)
  const about = { provider: model.provider, model: model.id, mode }
  const none = (reason: string): WarmResult => ({ sent: false, reason, ...about, duration: 0, usage: { requests: 0 } })
  if (!Object.hasOwn(COMPILES, model.provider))
    return none(`${model.provider} is not known to keep a compiled schema: nothing was sent.`)
  if (!COMPILES[model.provider]!.includes(mode))
    return none(`${model.provider} compiles nothing in mode "${mode}": nothing was sent.`)
  const started = performance.now()
  const usage = await ask(schema, {
    ...given,
    model,
    mode,
    system: 'Answer with the shortest JSON document that fits.',
    maxOutputTokens: MAX_OUTPUT_TOKENS,
    maxAttempts: 1,
    maxSteps: 1,
    onInvalid: 'collect',
    recover: false,
  })
  const reason = `${model.provider} has seen the schema, and keeps what it made of it.`
  return { sent: true, reason, ...about, duration: performance.now() - started, usage }
}

async function ask(schema: AnySchema, options: RunOptions): Promise<Usage> {
  try {
    return (await run('Begin.', schema, options)).usage
  } catch (error) {
    if (!(error instanceof StructStreamError) || !ANSWERED.has(error.code)) throw error
    return error.usage ?? { requests: 1 }
  }
}
