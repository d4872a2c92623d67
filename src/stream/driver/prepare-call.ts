import { StructStreamError } from '../../errors.ts'
import type { Model } from '../../models/model.ts'
import type { Message } from '../../types.ts'
import type { RunSettings } from '../options/run-options.ts'
import type { Run } from '../run.ts'
import type { Toolbox } from '../tools/toolbox.ts'
import { pickModel, prepareForModel, type ChosenSchema } from './choose-model.ts'

/** What one call of a model takes. */
export interface PreparedCall {
  readonly model: Model
  /** Undefined where the answer is text. */
  readonly prepared: ChosenSchema | undefined
  readonly system: readonly Message[]
  readonly toolbox: Toolbox | undefined
  /** The conversation so far. */
  readonly said: readonly Message[]
}

/** Chooses the model, and prepares the schema, the tools and the messages for it. */
export async function prepareCall(
  run: Run,
  step: { model: number },
  { schema, settings }: { schema: unknown; settings: RunSettings },
): Promise<PreparedCall> {
  const model = await pickModel(settings, step.model)
  return {
    model,
    prepared: await prepareForModel(schema, model, settings.mode),
    system: await systemMessages(settings),
    toolbox: await prepareTools(settings, model),
    said: await conversation(run.messages),
  }
}

/** Whether tools were called. */
export function hasCalls(messages: readonly Message[]): boolean {
  return messages.some((message) => message.role === 'tool' || 'toolCalls' in message)
}

/** The tools as this model takes them, or undefined when there are none. */
async function prepareTools({ tools, repair, limits }: RunSettings, model: Model): Promise<Toolbox | undefined> {
  if (tools.length === 0) return undefined
  const { openToolbox } = await import('../tools/toolbox.ts')
  return await openToolbox(tools, model, { repair, ...limits })
}

/** What was said so far, in order. Only where tools were called can it be out of order. */
async function conversation(messages: readonly Message[]): Promise<readonly Message[]> {
  return hasCalls(messages) ? (await import('./complete-history.ts')).completeHistory(messages) : messages
}

/** The one place where the caller's `system` function is called. */
async function systemMessages({ system, context }: RunSettings): Promise<Message[]> {
  try {
    const content = typeof system === 'function' ? await system(context) : system
    if (content === undefined || typeof content === 'string') return content ? [{ role: 'system', content }] : []
    throw new TypeError(`it returned a value of type ${typeof content}, not a string`)
  } catch (cause) {
    throw new StructStreamError('bad_options', `The \`system\` function failed: ${String(cause)}`, { cause })
  }
}
