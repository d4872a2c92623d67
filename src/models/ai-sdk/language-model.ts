import { StructStreamError } from '../../errors.ts'
import { checkFactoryOptions, dialect, modeList, type OptionChecks } from '../../factory-options.ts'
import { AiSdkReader } from './events.ts'
import { toAiSdkPrompt } from './prompt.ts'
import { toolsOf } from '../request/answer-tool.ts'
import { eventStream } from '../transport/event-stream.ts'
import type { Dialect, Mode, Model, ModelEvent, ModelRequest, ResponseFormat } from '../model.ts'
import { cutStream, type ErrorContext, errorFromEvent, headerOf, toProviderError } from '../transport/provider-error.ts'
import { redactor, type Secrets } from '../transport/redact.ts'
import { compact } from '../request/merge-body.ts'
import { asList, asName, asObject, type WireObject } from '../events/wire-value.ts'

const VERSIONS = ['v2', 'v3', 'v4']
const REQUEST_ID_HEADERS = ['x-request-id', 'request-id', 'apim-request-id', 'x-goog-request-id']

/** A language model of an AI SDK provider, of specification v2, v3 or v4. */
export interface AiSdkLanguageModel {
  readonly specificationVersion: string
  readonly provider: string
  readonly modelId: string
  /** Which URLs the model fetches on its own, by media type. */
  readonly supportedUrls?: unknown
  doStream(options: never): PromiseLike<{ stream: ReadableStream<unknown>; response?: { headers?: unknown } }>
}

/** Options of `fromAiSdk`. */
export interface FromAiSdkOptions {
  /** What the model can enforce, strongest first. @defaultValue all four */
  modes?: readonly Mode[] | undefined
  /** Which subset of JSON Schema it takes. @defaultValue by the provider's name, otherwise 'json-schema' */
  dialect?: Dialect | undefined
}

const CHECKS: OptionChecks<FromAiSdkOptions> = { modes: modeList, dialect }

/**
 * Any AI SDK provider's language model as a `Model`.
 *
 * @throws `bad_options` at once, for anything but a model of specification v2, v3 or v4
 *
 * @example
 * ```ts
 * import { mistral } from '@ai-sdk/mistral'
 *
 * const model = fromAiSdk(mistral('mistral-large-latest'))
 * ```
 */
export function fromAiSdk(languageModel: AiSdkLanguageModel, options: FromAiSdkOptions = {}): Model {
  const { specificationVersion: version, provider, modelId } = checked(languageModel)
  checkFactoryOptions('fromAiSdk()', options, CHECKS)
  return {
    provider,
    id: modelId,
    modes: options.modes ?? ['json-schema', 'tool', 'json-object', 'prompt'],
    dialect: options.dialect ?? dialectOf(provider),
    stream: (request, signal) =>
      eventStream(signal, (own) => partEvents(languageModel, version === 'v4', request, own)),
  }
}

function checked(model: AiSdkLanguageModel): AiSdkLanguageModel {
  const version = asObject(model)?.['specificationVersion']
  if (VERSIONS.includes(String(version)) && typeof model.doStream === 'function') return model
  const given = asName(version) ?? typeof model
  const message = `fromAiSdk takes a language model of specification ${VERSIONS.join(', ')}, and got ${given}. Pass what a provider package gives, such as openai('gpt-5.4') of @ai-sdk/openai.`
  throw new StructStreamError('bad_options', message)
}

function dialectOf(provider: string): Dialect {
  const [family = ''] = provider.split('.')
  const known: Record<string, Dialect> = {
    openai: 'openai',
    azure: 'openai',
    anthropic: 'anthropic',
    google: 'gemini',
    groq: 'groq',
    ollama: 'ollama',
  }
  return Object.hasOwn(known, family) ? known[family]! : 'json-schema'
}

async function* partEvents(
  model: AiSdkLanguageModel,
  nested: boolean,
  request: ModelRequest,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent, void> {
  const { provider } = model
  const reader = new AiSdkReader(request.format)
  const context: ErrorContext = { provider, keySource: 'the provider package', redact: redactor(), responding: false }
  let body: ReadableStreamDefaultReader<unknown> | undefined
  try {
    const options = await callOptions(model, nested, request, signal)
    const { stream, response } = await model.doStream(options as never)
    body = stream.getReader()
    context.responding = true
    context.requestId = requestIdOf(response?.headers)
    if (context.requestId !== undefined) yield { type: 'metadata', requestId: context.requestId }
    request.onActivity?.()
    for (;;) {
      const { done, value } = await body.read()
      if (done) break
      const events = reader.read(value)
      if (events.length === 0) request.onActivity?.()
      for (const event of events) yield event
      if (reader.thrown !== undefined) throw await failureOf(model, reader.thrown, context)
    }
  } catch (error) {
    const failure = await failureOf(model, error, context)
    if (reader.finished && (failure.code === 'connection_lost' || failure.code === 'timeout')) return
    throw failure
  } finally {
    body?.cancel().catch(() => {})
  }
  if (reader.finished) return
  context.redact = redactor(await secretsOf(model))
  throw cutStream(context, 'a finish reason')
}

/** The error for what was thrown, or for what an `error` part held. */
async function failureOf(model: AiSdkLanguageModel, error: unknown, context: ErrorContext): Promise<StructStreamError> {
  if (error instanceof StructStreamError) return error
  context.redact = redactor(await secretsOf(model))
  return error instanceof Error ? toProviderError(plainError(error), context) : errorFromEvent(error, context)
}

async function callOptions(
  model: AiSdkLanguageModel,
  nested: boolean,
  request: ModelRequest,
  signal: AbortSignal,
): Promise<WireObject> {
  const { format, settings } = request
  const { provider } = model
  const urls = asObject(await model.supportedUrls) ?? {}
  const tools = toolsOf(request, provider)
  const mode = format?.mode
  return compact({
    prompt: toAiSdkPrompt(request.messages, provider, nested, (url, type) => takesUrl(urls, url, type)),
    temperature: settings.temperature,
    maxOutputTokens: settings.maxOutputTokens,
    stopSequences: settings.stop,
    seed: settings.seed,
    responseFormat: mode === 'json-schema' || mode === 'json-object' ? responseFormat(format!) : undefined,
    tools: tools.length === 0 ? undefined : tools.map((tool) => compact({ type: 'function', ...tool })),
    toolChoice: toolChoice(format, tools.length),
    // By the provider's name without its API ("openai", not "openai.responses"), as the AI SDK has it.
    providerOptions: settings.providerOptions,
    abortSignal: signal,
  })
}

function responseFormat(format: ResponseFormat): WireObject {
  if (format.mode === 'json-object') return { type: 'json' }
  return compact({ type: 'json', schema: format.schema, name: format.name, description: format.description })
}

function toolChoice(format: ResponseFormat | undefined, tools: number): unknown {
  if (format?.mode !== 'tool') return undefined
  return tools === 1 ? { type: 'tool', toolName: format.name } : { type: 'required' }
}

/** The keys are media types, `image/*` or `*`; the values are patterns of URLs. */
function takesUrl(supported: WireObject, url: string, mediaType: string): boolean {
  return Object.entries(supported).some(([pattern, urls]) => {
    const [family] = mediaType.split('/')
    const fits = pattern === '*' || pattern === '*/*' || pattern === mediaType || pattern === `${family}/*`
    return fits && asList(urls).some((one) => one instanceof RegExp && one.test(url))
  })
}

/** An AI SDK error holds the whole request; only status, headers and the body of the response are taken from it. */
function plainError(error: Error): Error {
  const fields = error as Error & WireObject
  const status = fields['statusCode']
  // What fails after a 200 fails in the transport, and the cause tells how.
  if (typeof status !== 'number' || status < 400) return error
  const headers = fields['responseHeaders']
  const plain = Object.assign(new Error(error.message), {
    status,
    headers,
    requestID: requestIdOf(headers),
    error: fields['data'] ?? jsonOf(fields['responseBody']),
  })
  plain.name = error.name
  return plain
}

function requestIdOf(headers: unknown): string | undefined {
  return REQUEST_ID_HEADERS.map((name) => headerOf(headers, name)).find(Boolean)
}

function jsonOf(body: unknown): unknown {
  if (typeof body !== 'string') return undefined
  try {
    return JSON.parse(body)
  } catch {
    return { message: body }
  }
}

/** The model keeps its key to itself; most providers have a function that gives the headers with it. */
async function secretsOf(model: AiSdkLanguageModel): Promise<Secrets> {
  const config = asObject(asObject(model)?.['config'])
  const { headers } = config ?? {}
  if (typeof headers !== 'function') return { headers }
  try {
    return { headers: await (headers as () => unknown).call(config) }
  } catch {
    return {}
  }
}
