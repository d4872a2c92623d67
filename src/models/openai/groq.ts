import {
  checkFactoryOptions,
  checkModelId,
  clientWith,
  modeList,
  type OptionChecks,
  sdkChecks,
} from '../../factory-options.ts'
import { formatBesideTools } from '../request/tools-without-format.ts'
import { checkBaseUrl, requireKey } from '../transport/credentials.ts'
import type { Mode, Model, ModelRequest } from '../model.ts'
import type { ChatProfile } from './chat-request.ts'
import type { ClientConfig, OpenAIClientOptions } from './client.ts'
import { openaiModel } from './model.ts'

const PROVIDER = 'groq'

const PROFILE: ChatProfile = { maxTokensField: 'max_completion_tokens', streamUsage: true, parallelToolCalls: true }

/** Models with structured outputs, and those among them that hold to `strict` (console.groq.com/docs/structured-outputs). */
const SCHEMA_MODELS = /gpt-oss|kimi-k2|llama-4/
const STRICT_MODELS = /gpt-oss/

/** Options of `groq`. */
export interface GroqOptions extends OpenAIClientOptions {
  /**
   * What the model can enforce. By default the forced tool comes first: Groq's documentation says that structured
   * outputs do not stream yet, so `json-schema` is there only for the models that have it and only when asked for.
   */
  modes?: readonly Mode[] | undefined
}

const CHECKS: OptionChecks<GroqOptions> = { ...sdkChecks, client: clientWith('chat'), modes: modeList }

/**
 * A model of Groq, over the package `openai`. Needs `{ apiKey }` or the variable `GROQ_API_KEY`.
 *
 * @example
 * ```ts
 * const model = groq('openai/gpt-oss-120b')
 * ```
 */
export function groq(id: string, options: GroqOptions = {}): Model {
  checkModelId('groq()', id)
  checkFactoryOptions('groq()', options, CHECKS)
  const { baseURL = 'https://api.groq.com/openai/v1' } = options
  const plan: ClientConfig = {
    provider: PROVIDER,
    keySource: '{ apiKey } or GROQ_API_KEY',
    baseURL: checkBaseUrl(PROVIDER, 'baseURL', baseURL),
    findKey: () => requireKey(PROVIDER, options.apiKey, ['GROQ_API_KEY']),
    make: (sdk, clientOptions) => new sdk.OpenAI(clientOptions),
  }
  const modes = options.modes ?? modesOf(id)
  const adapt = (request: ModelRequest): ModelRequest => adapted(id, request)
  return openaiModel({ id, plan, options, wire: 'chat', profile: PROFILE, modes, dialect: 'groq', adapt })
}

function modesOf(id: string): readonly Mode[] {
  return SCHEMA_MODELS.test(id) ? ['tool', 'json-schema', 'json-object', 'prompt'] : ['tool', 'json-object', 'prompt']
}

/** A response format together with tools is refused. */
function adapted(id: string, request: ModelRequest): ModelRequest {
  const { format } = request
  if (format === undefined) return request
  const strict = format.strict && STRICT_MODELS.test(id)
  return formatBesideTools({ ...request, format: { ...format, strict } })
}
