import { StructStreamError } from './errors.ts'
import { run } from './run-stream.ts'
import type { ModelSettings } from './models/model.ts'
import type { AnySchema } from './schema/types.ts'
import type { ModelChoice, RunOptions, Tool } from './stream/types.ts'
import type { Mode, Usage } from './types.ts'

/** Options of `warm()`: what the runs to come are called with, as far as it changes what the provider compiles. */
export interface WarmOptions {
  /** @defaultValue the one of `configure()`, or the environment variable `STRUCTSTREAM_MODEL` */
  model?: ModelChoice | undefined
  /** @defaultValue the strongest that the model has */
  mode?: Mode | 'auto' | undefined
  /** Tools of the runs to come: a provider may compile them along with the schema. None of them is run. */
  tools?: readonly Tool[] | undefined
  providerOptions?: ModelSettings['providerOptions'] | undefined
  signal?: AbortSignal | undefined
}

/** What `warm()` has done. */
export interface WarmResult {
  /** Whether a request was sent. */
  sent: boolean
  /** Why, in words. */
  reason: string
  provider: string
  model: string
  mode: Mode
  /** Milliseconds until the request was answered; 0 when none was sent. */
  duration: number
  /** What the request has cost; `requests` is 0 when none was sent. */
  usage: Usage
}

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

/**
 * Sends one cheap request, so that the provider compiles the schema before a user waits for it: OpenAI (and Azure) and
 * Anthropic make a grammar of a schema at its first request, and keep it. For other providers, and modes in which a schema
 * is only described, nothing is sent, and the result says so. It is worth its tokens when the program starts, or when a
 * user is about to ask.
 *
 * @returns what was done, and what it cost
 * @throws StructStreamError (rejects): `no_model`, `bad_options`, `unsupported_schema`, and whatever a request can end in
 * but for the answer itself, which is cut after a few words
 * @example
 * await warm(Movie, { model: 'openai:gpt-5.4' })
 */
export async function warm(schema: AnySchema, options: WarmOptions = {}): Promise<WarmResult> {
  const { model: choice, mode: wanted, tools, providerOptions, signal } = options
  if (schema === undefined) throw new StructStreamError('bad_options', 'warm() expects a schema, got undefined.')
  const [{ modeFor, pickModel }, { checkOptions, settle }, { currentDefaults }] = await Promise.all([
    import('./stream/driver/choose-model.ts'),
    import('./stream/options/run-options.ts'),
    import('./stream/options/configured.ts'),
  ])
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
