import type { PreparedSchema } from '../../partial/compile-schema.ts'
import type { Interpreter, InterpreterOptions } from '../../partial/interpreter.ts'
import { showPath } from '../../path.ts'
import type { Issue, Repair } from '../../types.ts'
import { RunawayDetector } from '../limits/runaway-output.ts'
import type { Tool } from '../types.ts'

/** A tool made ready for one model. */
export interface PreparedTool {
  readonly tool: Tool
  readonly schema: PreparedSchema
}

/** How arguments are read: as the answer is. */
export type ReadingOptions = InterpreterOptions & ConstructorParameters<typeof RunawayDetector>[0]

/** Whether the arguments are what the tool takes; `message` is for the model. */
export type ReadInput = { ok: true; value: unknown } | { ok: false; message: string }

/** Characters of wrong arguments that the model is shown again. */
const QUOTED = 200

/**
 * Reads the arguments of one call as they come, the way an answer is read: as a growing value in the user's shape, and
 * at the end validated by the full schema. Never throws: what user code throws becomes the call's error.
 */
export class CallReader {
  readonly tool: Tool
  /** Tells runaway arguments. */
  readonly guard: RunawayDetector
  readonly #compiled: PreparedSchema['compiled']
  readonly #interpreter: Interpreter
  #text = ''
  #partial: unknown
  #isEnded = false
  #thrown: { cause: unknown } | undefined

  constructor({ tool, schema }: PreparedTool, options: ReadingOptions) {
    this.tool = tool
    this.guard = new RunawayDetector(options)
    this.#compiled = schema.compiled
    // Which of two documents is meant is for the model to say.
    this.#interpreter = schema.compiled.interpreter({ ...options, documents: 'one' })
  }

  /** More of the arguments; gives the newest partial input. */
  push(text: string): unknown {
    this.#text += text
    return this.#look(() => this.#interpreter.push(text))
  }

  /** The arguments are over; gives the input as it was read, whether it is valid or not. */
  end(): unknown {
    if (!this.#isEnded) {
      this.#isEnded = true
      this.#look(() => {
        // Providers send nothing for a call without arguments.
        if (this.#text.trim() === '') this.#interpreter.push('{}')
        this.#interpreter.end()
      })
    }
    const { isDone, issues } = this.#interpreter
    return isDone && issues.length > 0 ? this.#interpreter.raw() : this.#partial
  }

  /** What was read otherwise than it was written, so far. */
  get repairs(): readonly Repair[] {
    return this.#interpreter.repairs
  }

  /** The validated input. */
  async validate(): Promise<ReadInput> {
    this.end()
    try {
      if (this.#thrown !== undefined) throw this.#thrown.cause
      if (!this.#interpreter.isDone) return { ok: false, message: this.#malformed() }
      const issues = [...this.#interpreter.issues]
      const checked = await this.#compiled.validate(this.#interpreter.raw())
      if (checked.ok && issues.length === 0) return { ok: true, value: checked.value }
      return { ok: false, message: misfit(issues.length > 0 || checked.ok ? issues : checked.issues) }
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown)
      return { ok: false, message: `The arguments could not be checked: ${reason}` }
    }
  }

  /** Whether it has read the same input as another reader of the same tool; both have ended. */
  isSameInput(other: CallReader): boolean {
    return JSON.stringify(this.#interpreter.raw()) === JSON.stringify(other.#interpreter.raw())
  }

  /** The arguments as JSON that any provider takes back: as the model wrote them, unless they aren't JSON. */
  get json(): string {
    try {
      JSON.parse(this.#text)
      return this.#text
    } catch {
      this.end()
      return this.#interpreter.isDone ? JSON.stringify(this.#interpreter.raw()) : '{}'
    }
  }

  #look(work: () => void): unknown {
    if (this.#thrown !== undefined) return this.#partial
    try {
      work()
      this.#partial = this.#interpreter.snapshot(this.#isEnded)
    } catch (cause) {
      this.#thrown = { cause }
    }
    return this.#partial
  }

  #malformed(): string {
    const { failure } = this.#interpreter
    const text = this.#text.length > QUOTED ? `${this.#text.slice(0, QUOTED)}…` : this.#text
    return `The arguments are not the JSON that was expected${failure === null ? '' : ` (${failure.message})`}: ${text}`
  }
}

function misfit(issues: readonly Issue[]): string {
  const shown = issues.slice(0, 5).map(({ path, message }) => `${showPath(path, 'the input')}: ${message}`)
  return `The arguments do not fit the schema of the tool. ${shown.join('; ')}`
}
