import type { Model, ModelRequest } from '../../../../src/models/model.ts'
import { simulate, type SimulateOptions } from '../../../../src/models/simulate/index.ts'

/** A model that answers one thing after the other, and keeps the requests. */
export function saying(...responses: unknown[]): Model & { requests: ModelRequest[] } {
  return keeping({ responses, chunkSize: 4 })
}

/** A simulated model that keeps the requests. */
export function keeping(
  options: SimulateOptions,
  overrides: Partial<Model> = {},
): Model & { requests: ModelRequest[] } {
  const requests: ModelRequest[] = []
  const model = simulate(options)
  return {
    ...model,
    ...overrides,
    requests,
    stream(request, signal) {
      requests.push(request)
      return model.stream(request, signal)
    },
  }
}
