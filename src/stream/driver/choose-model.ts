import { StructStreamError } from '../../errors.ts'
import type { Mode, Model, ResponseFormat } from '../../models/model.ts'
import { resolveModel } from '../../models/resolve.ts'
import { prepareSchema, type PreparedSchema } from '../../partial/compile-schema.ts'
import { bad, isString, show } from '../options/checks.ts'
import type { RunSettings } from '../options/run-options.ts'

/** The model at `index` of the list. @throws `no_model`, `bad_options` */
export async function pickModel({ models }: RunSettings, index: number): Promise<Model> {
  const choice = models[index]
  if (choice === undefined) {
    throw new StructStreamError(
      'no_model',
      "No model is set. Pass { model: 'openai:gpt-5.4' } or a Model, call configure({ model }) once, or set the environment variable STRUCTSTREAM_MODEL.",
    )
  }
  return typeof choice === 'string' ? await resolveModel(choice) : checked(choice)
}

/** Models that others write may lack what the contract asks for. @throws `bad_options` */
function checked(model: Model): Model {
  const { provider, id, modes, dialect } = model as { [Key in keyof Model]?: unknown }
  if (!isString(provider)) throw bad(`\`model.provider\` must be a string, got ${show(provider)}.`)
  if (!isString(id)) throw bad(`\`model.id\` must be a string, got ${show(id)}.`)
  if (!Array.isArray(modes)) throw bad(`\`model.modes\` must be a list such as ['json-schema'], got ${show(modes)}.`)
  if (!isString(dialect)) throw bad(`\`model.dialect\` must be a string such as 'json-schema', got ${show(dialect)}.`)
  return model
}

/** How the schema is enforced on `model`. @throws `bad_options` */
export function modeFor(model: Model, wanted: RunSettings['mode']): Mode {
  if (wanted !== 'auto' && !model.modes.includes(wanted)) {
    throw bad(
      `The model ${model.provider}:${model.id} doesn't support mode "${wanted}" (supported: ${model.modes.join(', ')}).`,
    )
  }
  return wanted === 'auto' ? (model.modes[0] ?? 'prompt') : wanted
}

/** A schema as one model takes it. */
export interface ChosenSchema {
  schema: PreparedSchema
  format: ResponseFormat
}

/** Undefined when the answer is text. */
export async function prepareForModel(
  schema: unknown,
  model: Model,
  wanted: RunSettings['mode'],
): Promise<ChosenSchema | undefined> {
  const mode = modeFor(model, wanted)
  if (schema === undefined) return undefined
  const prepared = await prepareSchema(schema, { dialect: model.dialect, mode })
  const { title, description, jsonSchema, strict } = prepared
  return {
    schema: prepared,
    format: {
      mode,
      name: title?.replace(/[^\w-]+/g, '_').slice(0, 64) || 'answer',
      schema: jsonSchema,
      strict,
      ...(description !== undefined && { description }),
    },
  }
}
