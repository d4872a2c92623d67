import { toolsOf } from '../request/answer-tool.ts'
import { formatBesideTools } from '../request/tools-without-format.ts'
import { toGoogleContents } from './contents.ts'
import type { ModelRequest, ResponseFormat } from '../model.ts'
import { compact } from '../request/merge-body.ts'

/** From Gemini 3 on a response schema and functions go together, and calls are signed; before, the API refuses the first. */
const GEMINI_3 = /gemini-(?:[3-9]|\d\d)/

/** The request with the mode that can be had: with tools, older models give their answer through a tool as well. */
export function withUsableMode(model: string, request: ModelRequest): ModelRequest {
  return GEMINI_3.test(model) ? request : formatBesideTools(request)
}

/** The parameters of `generateContentStream`. */
export function googleParams(model: string, request: ModelRequest, provider: string): { [key: string]: unknown } {
  const { format, settings } = request
  const { system, contents } = toGoogleContents(request.messages, provider, GEMINI_3.test(model))
  const tools = toolsOf(request, provider)
  const functionDeclarations = tools.map(({ name, description, inputSchema }) =>
    compact({ name, description, parametersJsonSchema: inputSchema }),
  )
  const extraBody = settings.providerOptions?.[provider]
  return {
    model,
    contents,
    config: compact({
      systemInstruction: system,
      temperature: settings.temperature,
      maxOutputTokens: settings.maxOutputTokens,
      stopSequences: settings.stop,
      seed: settings.seed,
      ...responseFormat(format),
      tools: tools.length === 0 ? undefined : [{ functionDeclarations }],
      toolConfig: toolConfig(format, tools.length),
      // The SDK joins it into the body, object by object.
      httpOptions: extraBody === undefined ? undefined : { extraBody },
    }),
  }
}

function toolConfig(format: ResponseFormat | undefined, tools: number): unknown {
  if (format?.mode !== 'tool') return undefined
  const functionCallingConfig = compact({
    mode: 'ANY',
    allowedFunctionNames: tools === 1 ? [format.name] : undefined,
  })
  return { functionCallingConfig }
}

function responseFormat(format: ResponseFormat | undefined): { [key: string]: unknown } {
  switch (format?.mode) {
    case 'json-schema':
      return { responseMimeType: 'application/json', responseJsonSchema: format.schema }
    case 'json-object':
      return { responseMimeType: 'application/json' }
    case 'tool':
    case 'prompt':
    case undefined:
      return {}
    default: {
      const never: never = format?.mode as never
      return never
    }
  }
}
