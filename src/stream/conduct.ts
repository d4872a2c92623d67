import { StructStreamError } from '../errors.ts'
import type { Model, ModelRequest, ResponseFormat } from '../models/model.ts'
import { withFormat } from '../models/prompt-format.ts'
import { resolveModel } from '../models/resolve.ts'
import { prepareSchema, type PreparedSchema } from '../partial/prepare.ts'
import type { Message } from '../types.ts'
import { Answer } from './answer.ts'
import { Attempt } from './attempt.ts'
import { currentDefaults } from './defaults.ts'
import { Guard } from './guard.ts'
import { examine, validate } from './judge.ts'
import { bad, checkOptions, checkSchemaPlace, promptMessages, settle, type Settings } from './options.ts'
import { plainText } from './plain-text.ts'
import { nextStep, type Step } from './policy.ts'
import type { Run } from './run.ts'
import type { ModelChoice, RunOptions } from './types.ts'

/**
 * Takes a run from its options to its outcome: one attempt after the other, as the policy says. Never throws;
 * whatever goes wrong, the caller's mistakes included, ends the run.
 */
export async function conduct(run: Run, prompt: unknown, schema: unknown, options: RunOptions): Promise<void> {
  try {
    checkOptions(options)
    checkSchemaPlace(schema)
    const settings = settle(options, currentDefaults())
    run.messages = [...settings.messages, ...promptMessages(prompt)]
    run.begin(settings, schema === undefined)
    let step: Step | undefined = { kind: 'first', model: 0 }
    while (step !== undefined && !run.isOver) step = await attempt(run, schema, settings, step)
  } catch (thrown) {
    run.fail(
      thrown instanceof StructStreamError
        ? thrown
        : new StructStreamError('bad_options', `The run could not be started: ${String(thrown)}`, { cause: thrown }),
    )
  }
}

/** One model call and its judgement; returns what to do next, if anything. */
async function attempt(run: Run, schema: unknown, settings: Settings, step: Step): Promise<Step | undefined> {
  const number = run.attempts.length + 1
  const model = await pickModel(settings.models, step.model)
  const prepared = await prepare(schema, model, settings.mode)
  const system = await systemMessages(settings)
  if (run.isOver) return undefined

  const compiled = prepared?.schema.compiled ?? plainText
  run.warnings = prepared?.schema.warnings ?? []
  const { repair, limits, onInvalid } = settings
  const answer = new Answer(number, compiled, { repair, ...limits }, (error) => current.close(error))
  const options = { guard: new Guard(limits), isEager: onInvalid === 'abort' && prepared !== undefined }
  const current = new Attempt(run, { number, kind: step.kind, model, answer }, options)
  const request: ModelRequest = {
    messages: withFormat([...system, ...run.messages], prepared?.format),
    settings: settings.request,
    ...(prepared !== undefined && { format: prepared.format }),
  }
  await run.perform(current, request)
  if (run.isOver) return undefined

  let error = examine(current, prepared === undefined)
  if (current.finishReason !== undefined) {
    run.log.event({ type: 'finish', attempt: number, reason: current.finishReason })
    run.wake()
  }
  if (error === undefined) {
    const verdict = await validate(answer, compiled)
    if (verdict.ok) {
      run.succeed(verdict.value)
      return undefined
    }
    error = verdict.error
  }
  current.error ??= error
  const next = nextStep(current, step, settings)
  if (next === undefined) run.fail(error)
  return next
}

async function pickModel(choices: readonly ModelChoice[], index: number): Promise<Model> {
  const choice = choices[index]
  if (choice === undefined) {
    throw new StructStreamError(
      'no_model',
      "No model is set. Pass { model: 'openai:gpt-5.4' } or a Model, call configure({ model }) once, or set the environment variable STRUCTSTREAM_MODEL.",
    )
  }
  return typeof choice === 'string' ? await resolveModel(choice) : choice
}

interface Prepared {
  schema: PreparedSchema
  format: ResponseFormat
}

/** The schema as this model takes it, or undefined when the answer is text. */
async function prepare(schema: unknown, model: Model, wanted: Settings['mode']): Promise<Prepared | undefined> {
  if (wanted !== 'auto' && !model.modes.includes(wanted)) {
    throw bad(`The model ${model.provider}:${model.id} has no mode "${wanted}". It has: ${model.modes.join(', ')}.`)
  }
  if (schema === undefined) return undefined
  const mode = wanted === 'auto' ? (model.modes[0] ?? 'prompt') : wanted
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

async function systemMessages({ system }: Settings): Promise<Message[]> {
  try {
    const content = typeof system === 'function' ? await system() : system
    if (content === undefined || typeof content === 'string') return content ? [{ role: 'system', content }] : []
    throw new TypeError(`it returned a value of type ${typeof content}, not a string`)
  } catch (cause) {
    throw new StructStreamError('bad_options', `The system function failed: ${String(cause)}`, { cause })
  }
}
