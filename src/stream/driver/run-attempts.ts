import { StructStreamError } from '../../errors.ts'
import type { Model, ModelRequest } from '../../models/model.ts'
import { withFormat } from '../../models/request/schema-prompt.ts'
import type { Message } from '../../types.ts'
import { Answer } from '../answer.ts'
import { Attempt, type ReadingRules } from '../attempt.ts'
import { RunawayDetector } from '../limits/runaway-output.ts'
import { attemptError, validateAnswer } from './validate-answer.ts'
import type { RunSettings } from '../options/run-options.ts'
import { plainText } from '../plain-text.ts'
import { nextAttempt, type NextAttempt } from './next-attempt.ts'
import type { Run } from '../run.ts'
import { pickModel, prepareForModel } from './choose-model.ts'
import type { Toolbox } from '../tools/toolbox.ts'

/** Takes a run that has begun to its outcome: one attempt after the other, as the policy says. */
export async function runAttempts(
  run: Run,
  schema: unknown,
  settings: RunSettings,
  random: () => number,
): Promise<void> {
  let step: NextAttempt | undefined = { kind: 'first', model: 0 }
  while (step !== undefined && !run.isOver) step = await runAttempt(run, schema, settings, step, random)
}

/** A patch needs the answer to its end, but nothing can be patched that is no JSON. */
const STOPS_AT = { collect: null, abort: 'issue', restart: 'issue', patch: 'failure' } as const

/** One model call and its judgement; returns what to do next, if anything. */
async function runAttempt(
  run: Run,
  schema: unknown,
  settings: RunSettings,
  step: NextAttempt,
  random: () => number,
): Promise<NextAttempt | undefined> {
  if (step.wait !== undefined && step.wait > 0) await run.rest(step.wait)
  const number = run.attempts.length + 1
  const model = await pickModel(settings, step.model)
  const prepared = await prepareForModel(schema, model, settings.mode)
  const system = await systemMessages(settings)
  const toolbox = await prepareTools(settings, model)
  const said = await conversation(run.messages)
  if (run.isOver) return undefined

  const compiled = prepared?.schema.compiled ?? plainText
  run.warn(prepared?.schema.warnings ?? [])
  const { repair, limits, onInvalid } = settings
  const onFailure = (error: StructStreamError): void => current.close(error)
  const answer = step.part?.answer ?? new Answer(number, compiled, { repair, ...limits }, onFailure)
  if (step.part !== undefined) answer.extend(number, step.part.join, onFailure)
  const stopsAt = prepared === undefined ? null : STOPS_AT[onInvalid]
  const rules: ReadingRules = {
    guard: new RunawayDetector(limits),
    stopsAt,
    readTool: toolbox && ((name) => toolbox.read(name)),
  }
  const current = new Attempt(run, { number, kind: step.kind, model, answer }, rules)
  const format = step.part === undefined ? prepared?.format : step.part.format
  // Who is asked for parts of an answer has had the results of the tools; Anthropic wants them named beside old calls.
  const isPart = step.part?.join !== undefined
  const request: ModelRequest = {
    messages: withFormat([...system, ...said, ...(step.messages ?? [])], format),
    settings: settings.request,
    ...(format !== undefined && { format }),
    ...(toolbox !== undefined && (!isPart || hasCalls(said)) && { tools: toolbox.definitions }),
  }
  await run.perform(current, request)
  if (run.isOver) return undefined

  const mayStep = !isPart && (current.isPaused || current.toolCalls.size > 0)
  if (mayStep) {
    const { runToolStep } = await import('./tool-steps.ts')
    const next = await runToolStep(run, current, { settings, toolbox, step, format })
    if (next !== undefined) return next
  }
  let error = attemptError(current, prepared === undefined)
  run.finish(current)
  if (error === undefined) {
    const verdict = await validateAnswer(answer, compiled)
    if (verdict.ok) {
      run.succeed(verdict)
      return undefined
    }
    error = verdict.error
  }
  current.blame(error)
  const next = await nextAttempt({ run, attempt: current, step, error, settings, schema, compiled, random })
  if (next === undefined) run.fail(error)
  else if (next.kind !== 'healed') return next
  else run.succeed(next)
  return undefined
}

/** The tools as this model takes them, or undefined when there are none. */
async function prepareTools({ tools, repair, limits }: RunSettings, model: Model): Promise<Toolbox | undefined> {
  if (tools.length === 0) return undefined
  const { openToolbox } = await import('../tools/toolbox.ts')
  return await openToolbox(tools, model, { repair, ...limits })
}

function hasCalls(messages: readonly Message[]): boolean {
  return messages.some((message) => message.role === 'tool' || 'toolCalls' in message)
}

/** What was said so far, in order. Only where tools were called it can be out of order. */
async function conversation(messages: readonly Message[]): Promise<readonly Message[]> {
  return hasCalls(messages) ? (await import('./complete-history.ts')).completeHistory(messages) : messages
}

async function systemMessages({ system, context }: RunSettings): Promise<Message[]> {
  try {
    const content = typeof system === 'function' ? await system(context) : system
    if (content === undefined || typeof content === 'string') return content ? [{ role: 'system', content }] : []
    throw new TypeError(`it returned a value of type ${typeof content}, not a string`)
  } catch (cause) {
    throw new StructStreamError('bad_options', `The system function failed: ${String(cause)}`, { cause })
  }
}
