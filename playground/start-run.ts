import { StructStreamError } from '../src/errors.ts'
import type { Model } from '../src/models/model.ts'
import { runStream } from '../src/run-stream.ts'
import { compileSchema } from '../src/schema/index.ts'
import type { StructuredStream } from '../src/stream/structured-stream.ts'
import type { PlayRequest, ProviderInfo } from './protocol.ts'
import { RefusedRequest } from './refusal.ts'
import { choiceOf, type NamedSchema } from './schema-choice.ts'
import { sampleFor, simulation } from './simulation.ts'
import type { AnySchema } from '../src/schema/types.ts'

/** Milliseconds of silence after which a simulated model is given up; a real one gets the default. */
const LONGEST_SILENCE = 3_000

/** Which models may be asked, and for what. */
export interface Supplies {
  providers: readonly ProviderInfo[]
  /** What the server was started with, and how the page calls it. */
  model: { name: string; model: Model | string } | undefined
  schema: NamedSchema | undefined
}

/** A run of the playground; `length` is the whole answer's, where it is known beforehand. */
export interface PlayRun {
  stream: StructuredStream<unknown>
  length: number | undefined
}

/**
 * Starts what the page asks for.
 * @throws {@link RefusedRequest} 400 for a model that cannot be asked; what is wrong with a schema is reported by the stream
 */
export async function startRun(request: PlayRequest, supplies: Supplies): Promise<PlayRun> {
  const { prompt, model: wanted, onInvalid, recover, repair } = request
  const choice = choiceOf(request.schema, supplies.schema)
  const { schema } = choice
  const options = { onInvalid, recover, repair }
  if (wanted.kind === 'real') {
    return {
      stream: runStream<AnySchema>(prompt, schema, { ...options, model: realModel(wanted.name, supplies) }),
      length: undefined,
    }
  }
  const document = 'sample' in choice ? choice.sample : await sampleOr(schema)
  const { model, length } = simulation(wanted, document)
  return {
    stream: runStream<AnySchema>(prompt, schema, { ...options, model, timeout: { idle: LONGEST_SILENCE } }),
    length,
  }
}

/** Data for a schema of the user's own; anything when it cannot be read, which the run will tell. */
async function sampleOr(schema: AnySchema): Promise<unknown> {
  try {
    return sampleFor((await compileSchema(schema, { target: 'json-schema' })).jsonSchema)
  } catch (error) {
    if (error instanceof StructStreamError) return {}
    throw error
  }
}

function realModel(name: string, { providers, model }: Supplies): Model | string {
  if (model?.name === name) return model.model
  const provider = providers.find((one) => name.startsWith(`${one.name}:`))
  if (provider === undefined) {
    const known = providers.map((one) => one.name).join(', ')
    throw new RefusedRequest(400, `Unknown model ${JSON.stringify(name)}: expected 'provider:id' with one of ${known}.`)
  }
  if (!provider.isReady) {
    throw new RefusedRequest(
      400,
      `The server has no key for ${provider.name}. Set ${provider.needs} and start it again.`,
    )
  }
  return name
}
