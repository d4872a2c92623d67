import type { StructStreamError } from '../../errors.ts'
import type { ModelRequest } from '../../models/model.ts'
import { withFormat } from '../../models/request/schema-prompt.ts'
import type { Issue } from '../../types.ts'
import { Answer } from '../answer.ts'
import { Attempt } from '../attempt.ts'
import { RunawayDetector } from '../limits/runaway-output.ts'
import type { RunSettings } from '../options/run-options.ts'
import { plainText } from '../plain-text.ts'
import type { Run } from '../run.ts'
import { hasCalls, prepareCall, type PreparedCall } from './prepare-call.ts'
import { nextAttempt, type NextAttempt } from './next-attempt.ts'
import { attemptError, validateAnswer, type Verdict } from './validate-answer.ts'

/** What all attempts of a run have in common. */
export interface RunRules {
  schema: unknown
  settings: RunSettings
  /** From 0 to below 1. */
  random: () => number
}

/** Takes a run that has begun to its outcome: one attempt after the other, as the policy says. */
export async function runAttempts(run: Run, rules: RunRules): Promise<void> {
  let step: NextAttempt | undefined = { kind: 'first', model: 0 }
  while (step !== undefined && !run.isOver) step = await runAttempt(run, step, rules)
}

/** One model call and its judgement; returns what to do next, if anything. */
async function runAttempt(run: Run, step: NextAttempt, rules: RunRules): Promise<NextAttempt | undefined> {
  if (step.wait !== undefined && step.wait > 0) await run.rest(step.wait)
  const call = await prepareCall(run, step, rules)
  if (run.isOver) return undefined
  run.warn(call.prepared?.schema.warnings ?? [])
  const attempt = openAttempt(run, step, rules, call)
  await run.perform(attempt, requestFor(step, rules, call))
  if (run.isOver) return undefined
  return (await runTools(run, attempt, step, rules, call)) ?? (await judge(run, attempt, step, rules, call))
}

/** A patch needs the answer to its end, but nothing can be patched that isn't JSON. */
const STOPS_AT = { collect: null, abort: 'issue', restart: 'issue', patch: 'failure' } as const

/** The attempt, with the answer that it writes or continues. */
function openAttempt(
  run: Run,
  { kind, part }: NextAttempt,
  { settings }: RunRules,
  { model, prepared, toolbox }: PreparedCall,
): Attempt {
  const number = run.attempts.length + 1
  const { repair, limits, onInvalid } = settings
  const answer = part?.answer ?? new Answer(number, prepared?.schema.compiled ?? plainText, { repair, ...limits })
  // The results of calls in the last step would reach no one.
  const mayRunEarly = part?.join === undefined && run.steps + 1 < settings.maxSteps
  const attempt = new Attempt(
    run,
    { number, kind, model, answer },
    {
      guard: new RunawayDetector(limits),
      stopsAt: prepared === undefined ? null : STOPS_AT[onInvalid],
      repeated: part?.repeated,
      readTool: toolbox && ((name) => toolbox.read(name)),
      eager: mayRunEarly ? toolbox?.eagerCalls({ settings, signal: run.signal }) : undefined,
    },
  )
  // From here on, what goes wrong in reading ends this attempt.
  const stop = (error: StructStreamError): void => attempt.close(error)
  const onIssue = (issue: Issue): void => attempt.onIssue(issue)
  if (part !== undefined) answer.extend(number, part.join, stop, onIssue)
  else {
    answer.stopWith(stop, onIssue)
    run.answer?.forgetRules()
    if (answer.compiled.rules !== undefined) answer.runRules(run.signal)
  }
  return attempt
}

/** What the model is sent. */
function requestFor(
  step: NextAttempt,
  { settings }: RunRules,
  { system, said, prepared, toolbox }: PreparedCall,
): ModelRequest {
  const format = step.part === undefined ? prepared?.format : step.part.format
  // A model that is asked for parts has had the results of the tools; Anthropic wants them named next to old calls.
  const takesTools = toolbox !== undefined && (step.part?.join === undefined || hasCalls(said))
  return {
    messages: withFormat([...system, ...said, ...(step.messages ?? [])], format),
    settings: settings.request,
    ...(format !== undefined && { format }),
    ...(takesTools && { tools: toolbox.definitions }),
  }
}

/** What follows calls of tools, or a pause; undefined where there were none. */
async function runTools(
  run: Run,
  attempt: Attempt,
  step: NextAttempt,
  { settings }: RunRules,
  { prepared, toolbox }: PreparedCall,
): Promise<NextAttempt | undefined> {
  const mayStep = step.part?.join === undefined && (attempt.isPaused || attempt.toolCalls.size > 0)
  if (!mayStep) return undefined
  const { runToolStep } = await import('./tool-steps.ts')
  const format = step.part === undefined ? prepared?.format : step.part.format
  return await runToolStep(run, attempt, { settings, toolbox, step, format })
}

/** Ends the run with a good answer, or with the error of a bad one, if nothing heals it. */
async function judge(
  run: Run,
  attempt: Attempt,
  step: NextAttempt,
  rules: RunRules,
  call: PreparedCall,
): Promise<NextAttempt | undefined> {
  const verdict = await validateAttempt(run, attempt, step, rules, call)
  if (verdict.ok) {
    run.succeed(verdict)
    return undefined
  }
  const { error } = verdict
  attempt.blame(error)
  const compiled = call.prepared?.schema.compiled ?? plainText
  const next = await nextAttempt({ run, attempt, step, error, compiled, ...rules })
  if (next === undefined) run.fail(error)
  else if (next.kind !== 'healed') return next
  else run.succeed(next)
  return undefined
}

async function validateAttempt(
  run: Run,
  attempt: Attempt,
  { part }: NextAttempt,
  { schema }: RunRules,
  { prepared }: PreparedCall,
): Promise<Verdict> {
  const { answer } = attempt
  const parts = part?.join === undefined ? undefined : await import('./heal/take-whole.ts')
  await parts?.takeWholeAnswer(attempt, schema)
  const error = attemptError(attempt, prepared === undefined)
  run.finish(attempt)
  const verdict: Verdict =
    error === undefined ? await validateAnswer(answer, prepared?.schema.compiled ?? plainText) : { ok: false, error }
  return verdict.ok || parts === undefined ? verdict : { ok: false, error: parts.withRequest(verdict.error, attempt) }
}
