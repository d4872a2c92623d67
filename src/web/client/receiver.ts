import { StructStreamError } from '../../errors.ts'
import { shareStructure } from '../../json/structural-sharing.ts'
import type { Model, ModelEvent } from '../../models/model.ts'
import { isRepairable, type Interpreter } from '../../partial/interpreter.ts'
import { prepareSchema } from '../../partial/compile-schema.ts'
import { userCodeError } from '../../partial/user-code.ts'
import { Answer, type Join } from '../../stream/answer.ts'
import { withValues } from '../../stream/issue-values.ts'
import { Attempt } from '../../stream/attempt.ts'
import { RunawayDetector } from '../../stream/limits/runaway-output.ts'
import { wholeJoin } from '../../stream/driver/heal/take-whole.ts'
import { attemptError, misfit, validateAnswer, type Verdict } from '../../stream/driver/validate-answer.ts'
import type { RunSettings } from '../../stream/options/run-options.ts'
import { plainText } from '../../stream/plain-text.ts'
import type { Run } from '../../stream/run.ts'
import type { Dialect, Message } from '../../types.ts'
import { EventBudget } from './event-budget.ts'
import { ReplacedAnswer } from './replaced-answer.ts'
import { decodeError, decodeIssues, foreign, type WireEvent } from '../protocol.ts'
import { usageOf } from '../wire-values.ts'
import type { Source } from './sources/source.ts'

type Start = Extract<WireEvent, { type: 'attempt-start' }>

/** Characters of an answer from which on its end is taken in several tasks: validating 10,000 rows takes some 20 ms. */
const LONG_ANSWER = 65_536

const DIALECTS: readonly Dialect[] = ['openai', 'anthropic', 'gemini', 'ollama', 'groq', 'json-schema']

/** Mirrors a server's run: one local attempt per server attempt, read by the same code. */
export class Receiver {
  readonly #run: Run
  readonly #events: AsyncGenerator<WireEvent, void>
  readonly #schema: unknown
  readonly #settings: RunSettings
  /** Read, and not of the attempt that was being read. */
  #next: WireEvent | undefined
  #onActivity: (() => void) | undefined
  readonly #budget: EventBudget
  /** The last attempt is in the run's messages. */
  #isKept = false

  constructor(run: Run, source: Source, schema: unknown, settings: RunSettings) {
    this.#run = run
    this.#schema = schema
    this.#settings = settings
    this.#budget = new EventBudget(settings.limits)
    this.#events = source({
      signal: run.signal,
      onActivity: () => this.#onActivity?.(),
      rest: (ms) => run.rest(ms),
    })
  }

  async toEnd(): Promise<void> {
    const run = this.#run
    try {
      for (;;) {
        const event = await this.#read()
        if (run.isOver) return
        if (event === undefined) throw foreign('The server ended the stream without saying how.')
        await this.#handle(event)
        if (run.isOver) return
      }
    } finally {
      void this.#events.return().catch(() => {})
    }
  }

  async #read(): Promise<WireEvent | undefined> {
    const next = this.#next
    this.#next = undefined
    if (next !== undefined) return next
    const step = await this.#events.next()
    if (step.done === true) return undefined
    this.#budget.take(step.value)
    return step.value
  }

  /** Handles an event between two attempts. */
  async #handle(event: WireEvent): Promise<void> {
    const run = this.#run
    const attempt = run.attempts.length
    switch (event.type) {
      case 'attempt-start':
        return await this.#attempt(event)
      case 'restart': {
        const { type, reason, wait } = event
        const issues = decodeIssues(event.issues).slice(0, this.#settings.limits.maxIssues)
        this.#failed(event.code, reason)
        run.report({ type, attempt: attempt + 1, reason, issues, ...(wait !== undefined && { wait }) })
        return
      }
      case 'patch': {
        const { type, paths, wait } = event
        this.#failed(event.code, 'Places of the answer were wrong or missing.')
        run.report({ type, attempt: attempt + 1, paths, ...(wait !== undefined && { wait }) })
        return
      }
      case 'recover': {
        const { type, reason, paths, wait } = event
        this.#failed(event.code, reason)
        run.report({ type, attempt: attempt + 1, reason, paths, ...(wait !== undefined && { wait }) })
        return
      }
      case 'tool-result': {
        const { type, id, name, output, error } = event
        this.#keep()
        const content = error ?? (typeof output === 'string' ? output : JSON.stringify(output ?? null))
        const message: Message = {
          role: 'tool',
          toolCallId: id,
          content,
          ...(error !== undefined && { isError: true }),
        }
        run.addToolResult({ type, attempt, id, name, output, ...(error !== undefined && { error }) }, message)
        return
      }
      case 'end':
        return await this.#succeed(event)
      case 'error': {
        const error = decodeError(event.error)
        const last = run.attempts.at(-1)
        last?.blame(error)
        run.fail(error)
        return
      }
      default:
        throw foreign(`The server sent "${event.type}" outside of an attempt.`)
    }
  }

  /** Reads one attempt to its end. */
  async #attempt(start: Start): Promise<void> {
    const run = this.#run
    const number = run.attempts.length + 1
    const { limits } = this.#settings
    if (start.kind === 'tool-step') this.#keep()
    this.#isKept = false
    const { answer, join } = await this.#answer(start, number)
    if (run.isOver) return
    const model: Model = {
      provider: start.provider,
      id: start.model,
      modes: [],
      dialect: start.dialect ?? 'json-schema',
      stream: (request) => {
        this.#onActivity = request.onActivity
        return this.#modelEvents()
      },
    }
    const current = new Attempt(
      run,
      { number, kind: start.kind, model, answer },
      { guard: new RunawayDetector(limits), stopsAt: null },
    )
    const stop = (error: StructStreamError): void => current.close(error)
    if (start.writes === 'answer') answer.stopWith(stop)
    else answer.extend(number, join, stop)
    // A reader of this run needs to know how its text is to be read, as this one did.
    const { mode } = start
    const format = mode && { mode, name: 'answer', schema: {}, strict: false }
    await run.perform(current, { messages: [], settings: {}, ...(format && { format }) })
    this.#onActivity = undefined
    if (run.isOver) return
    answer.read()
    const error = answer.error ?? current.error
    if (error !== undefined) return run.fail(error)
    if (current.finishReason === undefined) return
    run.report({ type: 'finish', attempt: number, reason: current.finishReason })
  }

  /** The answer that an attempt writes, or continues by `join`. */
  async #answer(start: Start, number: number): Promise<{ answer: Answer; join?: Join }> {
    const known = this.#run.answer
    switch (start.writes) {
      case 'more':
      case 'parts':
        if (known === undefined) throw foreign(`The server's first attempt writes "${start.writes}" of an answer.`)
        return start.writes === 'parts' ? { answer: known, join: await this.#join(known, start) } : { answer: known }
      case 'answer': {
        const { dialect = 'json-schema', mode = 'prompt', repair = this.#settings.repair } = start
        if (!DIALECTS.includes(dialect))
          throw foreign(`The server names a dialect of JSON Schema that is not known: ${dialect}`)
        const compiled =
          this.#schema === undefined ? plainText : (await prepareSchema(this.#schema, { dialect, mode })).compiled
        return { answer: new Answer(number, compiled, { ...this.#settings.limits, repair }) }
      }
      default: {
        const never: never = start.writes
        throw foreign(`The server's attempt writes "${String(never)}", which is not known.`)
      }
    }
  }

  async #join(answer: Answer, start: Start): Promise<Join> {
    const { joinParts } = await import('./join-parts.ts')
    return (await joinParts(answer.read(), start, this.#schema, answer.deltas.length)) ?? asMended
  }

  /** The events of the attempt that is being read, as its model yielded them. */
  async *#modelEvents(): AsyncGenerator<ModelEvent, void> {
    for (;;) {
      const event = await this.#read()
      switch (event?.type) {
        case 'text-delta':
        case 'reasoning-delta':
        case 'tool-call-start':
        case 'tool-call-delta':
        case 'tool-call-end':
        case 'extra-answer':
        case 'usage':
          yield event.type === 'usage' ? { ...event, usage: usageOf(event.usage) ?? {} } : event
          break
        case 'file': {
          const { type, mediaType, data, filename } = event
          yield { type, file: { mediaType, data: bytesOf(data), ...(filename !== undefined && { filename }) } }
          break
        }
        case 'finish': {
          const { reason, model, requestId, raw } = event
          yield {
            type: 'metadata',
            ...(model !== undefined && { model }),
            ...(requestId !== undefined && { requestId }),
          }
          yield { type: 'finish', reason, ...(raw !== undefined && { raw }) }
          return
        }
        case undefined:
          throw foreign('The server ended the stream without saying how.')
        default:
          this.#next = event
          return
      }
    }
  }

  async #succeed({ raw, warnings }: Extract<WireEvent, { type: 'end' }>): Promise<void> {
    const run = this.#run
    const attempt = run.attempts.at(-1)
    if (attempt === undefined) throw foreign('The server ended the stream before there was an attempt.')
    const { answer } = attempt
    run.validate()
    run.warn(Array.isArray(warnings) ? warnings : [])
    const error = raw === undefined ? attemptError(attempt, this.#schema === undefined) : undefined
    if (error !== undefined) return run.fail(error)
    // The page stays responsive in between.
    const pause = answer.deltas.length > LONG_ANSWER ? () => run.rest(0) : undefined
    const verdict =
      raw === undefined ? await validateAnswer(answer, answer.compiled, pause) : await this.#validateRaw(answer, raw)
    await pause?.()
    if (verdict.ok) run.succeed(verdict)
    else run.fail(verdict.error)
  }

  /** An answer that was repaired on the server comes once more, whole, and in the user's shape. */
  async #validateRaw(answer: Answer, raw: unknown): Promise<Verdict> {
    if (this.#schema === undefined) return { ok: true, value: raw, raw }
    const { compiled } = await prepareSchema(this.#schema, { dialect: 'json-schema', mode: 'prompt' })
    try {
      const interpreter = answer.read()
      if (interpreter instanceof ReplacedAnswer) interpreter.arrive(raw, compiled)
      else {
        const shown = interpreter.snapshot(true)
        if (!isSame(answer.end(), raw)) {
          const { attempt } = answer
          // Where only ends were missing, nothing that was shown changes: the listeners get what is complete now.
          const isAllShown = isEqualJson(shown, raw) && isRepairable(interpreter)
          answer.extend(attempt, isAllShown ? asMended : wholeJoin({ raw, compiled }, answer.startOf(attempt)))
          const ended = answer.read()
          if (ended instanceof ReplacedAnswer) ended.arrive(raw, compiled)
        }
      }
      answer.end()
      const checked = await compiled.validate(raw)
      if (checked.ok) return { ok: true, value: shareStructure(answer.shown(), checked.value), raw }
      return { ok: false, error: misfit(withValues(checked.issues, raw)) }
    } catch (cause) {
      return { ok: false, error: userCodeError(cause) }
    }
  }

  /** The conversation continues after the last attempt. */
  #keep(): void {
    const last = this.#run.attempts.at(-1)
    if (this.#isKept || last === undefined) return
    this.#isKept = true
    this.#run.addStep(last, [])
  }

  #failed(code: StructStreamError['code'] | undefined, reason: string): void {
    const last = this.#run.attempts.at(-1)
    if (code !== undefined) last?.blame(new StructStreamError(code, reason))
  }
}

/** Whether what was read here is what the server has. */
function isSame(interpreter: Interpreter, raw: unknown): boolean {
  try {
    return isEqualJson(interpreter.raw(), raw)
  } catch {
    // What was never finished here has no value.
    return false
  }
}

function isEqualJson(a: unknown, b: unknown): boolean {
  try {
    return JSON.stringify(a) === JSON.stringify(b)
  } catch {
    // Values that JSON can't hold (a BigInt) come from transforms.
    return false
  }
}

/** Plain text has no parts. */
const asMended: Join = {
  decoding: null,
  apply: (base) => (isRepairable(base) ? new ReplacedAnswer(base) : base),
}

/** @throws `provider_error` */
function bytesOf(base64: string): Uint8Array {
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
  } catch (cause) {
    throw foreign('The server sent a file that is no Base64.', cause)
  }
}
