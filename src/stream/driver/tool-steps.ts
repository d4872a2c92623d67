import { StructStreamError } from '../../errors.ts'
import type { ResponseFormat } from '../../models/model.ts'
import type { Attempt } from '../attempt.ts'
import type { RunSettings } from '../options/run-options.ts'
import type { NextAttempt } from './next-attempt.ts'
import type { Run } from '../run.ts'
import { runCalls, type CallHost } from '../tools/run-calls.ts'
import type { Toolbox } from '../tools/toolbox.ts'

export interface StepRules {
  settings: RunSettings
  toolbox: Toolbox | undefined
  /** The one that the attempt was. */
  step: NextAttempt
  /** Of the answer; absent where it is text. */
  format: ResponseFormat | undefined
}

/**
 * What follows an attempt that was not the last of its answer: the model called tools, whose results it is now given,
 * or its provider had paused and wants to be asked to continue. Both are added to the conversation then.
 *
 * @returns the next call of the model; undefined: the attempt is to be judged like any other
 * @throws `tool_failed` when it is still calling tools in its last step, or a tool's failure has to end the run
 */
export async function runToolStep(
  run: Run,
  attempt: Attempt,
  { settings, toolbox, step, format }: StepRules,
): Promise<NextAttempt | undefined> {
  const calls = toolbox === undefined ? [] : [...attempt.toolCalls.values()]
  if (!attempt.isWhole) {
    attempt.startedCalls?.cancel(attempt.answer.error)
    return undefined
  }
  if (calls.length === 0 && !attempt.isPaused) return undefined
  const isLast = run.steps + 1 >= settings.maxSteps
  if (isLast && calls.length === 0) return undefined
  run.finish(attempt)
  if (isLast) {
    const names = [...new Set(calls.map((call) => call.name))].join(', ')
    throw new StructStreamError(
      'tool_failed',
      `The model ${attempt.modelId} was still calling tools (${names}) in its last step of ${settings.maxSteps}. Allow more (maxSteps), or ask for less.`,
    )
  }
  run.addStep(attempt, step.messages ?? [])
  const next: NextAttempt = { kind: 'tool-step', model: step.model }
  if (toolbox === undefined || calls.length === 0) return { ...next, part: { answer: attempt.answer, format } }
  await runTools(run, attempt, settings, toolbox)
  return next
}

async function runTools(run: Run, attempt: Attempt, settings: RunSettings, toolbox: Toolbox): Promise<void> {
  const calls = [...attempt.toolCalls.values()]
  run.runTools()
  const started = attempt.startedCalls
  const onResult: CallHost['onResult'] = (result, message) => {
    run.addToolResult({ type: 'tool-result', attempt: attempt.number, ...result }, message)
  }
  const results = await runCalls(calls, { signal: run.signal, names: toolbox.names, settings, onResult }, started)
  started?.release()
  run.orderToolResults(results)
}
