import type { WireFailure, JsonObject } from './wire.ts'

/** OpenAI's error object, the same in Chat, in Responses and in HTTP bodies. */
export function openaiError(failure: WireFailure): JsonObject {
  const [type, code] = words(failure.status)
  return { message: failure.message, type: failure.type ?? type, param: null, code, ...failure.fields }
}

function words(status: number): [type: string, code: string | null] {
  switch (status) {
    case 401:
      return ['invalid_request_error', 'invalid_api_key']
    case 404:
      return ['invalid_request_error', 'model_not_found']
    case 429:
      return ['tokens', 'rate_limit_exceeded']
    default:
      return status >= 500 ? ['server_error', 'server_error'] : ['invalid_request_error', null]
  }
}
