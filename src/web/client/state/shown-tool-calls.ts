import type { EventLog } from '../../../stream/event-log.ts'
import type { OpenCall } from '../../../stream/tools/open-call.ts'
import { EMPTY } from './field.ts'

/**
 * `open`: the model is writing its arguments. `running`: they are complete, there is no result yet. `done`: it has an
 * `output`. `failed`: it has an `error`. `unanswered`: the stream ended before there was a result.
 */
export type ToolCallState = 'open' | 'running' | 'done' | 'failed' | 'unanswered'

/** A tool call of the model, for a page. It never changes; a new one takes its place. */
export interface ShownToolCall {
  readonly id: string
  readonly name: string
  readonly state: ToolCallState
  /** As the model wrote them, so far: JSON text. */
  readonly arguments: string
  /** The arguments as a value, once they are complete; `undefined` where they aren't JSON. */
  readonly input: unknown
  readonly output: unknown
  readonly error: string | undefined
}

/** What is needed of a run. */
interface Calling {
  readonly log: EventLog
  readonly attempts: readonly { readonly toolCalls: ReadonlyMap<string, OpenCall> }[]
}

/** The tool calls of a run, in the order in which they began. Reads each entry of its log once. */
export class ShownToolCalls {
  readonly #run: Calling
  readonly #calls = new Map<string, ShownToolCall>()
  readonly #open = new Map<string, OpenCall>()
  #entry = 0
  #list: readonly ShownToolCall[] = EMPTY

  constructor(run: Calling) {
    this.#run = run
  }

  /** The same list as long as none of them has changed. */
  read(isOver: boolean): readonly ShownToolCall[] {
    const { log, attempts } = this.#run
    let isNew = false
    const set = (key: string, change: Partial<ShownToolCall>): void => {
      const call = this.#calls.get(key)
      if (call === undefined) return
      isNew = true
      this.#calls.set(key, { ...call, ...change })
    }
    for (; this.#entry < log.entries.length; this.#entry++) {
      const event = log.entries[this.#entry]!
      if (event.type === 'tool-call-start') {
        const { attempt, id, name } = event
        const call = attempts[attempt - 1]?.toolCalls.get(id)
        if (call !== undefined) this.#open.set(keyOf(event), call)
        this.#calls.set(keyOf(event), { ...NEW_CALL, id, name })
        isNew = true
      } else if (event.type === 'tool-call-end') {
        const key = keyOf(event)
        set(key, { state: 'running', arguments: this.#open.get(key)?.arguments ?? '', input: event.input })
        this.#open.delete(key)
      } else if (event.type === 'tool-result') {
        const { output, error } = event
        set(keyOf(event), { state: error === undefined ? 'done' : 'failed', output, error })
      }
    }
    for (const [key, call] of this.#open)
      if (this.#calls.get(key)?.arguments !== call.arguments) set(key, { arguments: call.arguments })
    if (isOver)
      for (const [key, { state }] of this.#calls)
        if (state === 'open' || state === 'running') set(key, { state: 'unanswered' })
    if (isNew) this.#list = [...this.#calls.values()]
    return this.#list
  }
}

const NEW_CALL = { state: 'open', arguments: '', input: undefined, output: undefined, error: undefined } as const

/** Another attempt may use an id again. */
function keyOf({ attempt, id }: { attempt: number; id: string }): string {
  return `${attempt} ${id}`
}
