import { DeltaList } from '../../async/delta-list.ts'
import type { ToolCall } from '../../types.ts'
import type { CallReader } from './call-reader.ts'

/**
 * A call as the model makes it. Its arguments are kept as deltas, and read only when a consumer pulls: by each that
 * follows them as they grow, and once in whole.
 */
export class OpenCall implements ToolCall {
  readonly id: string
  readonly name: string
  readonly deltas = new DeltaList()
  readonly #read: (() => CallReader | undefined) | undefined
  #whole: CallReader | undefined
  #isRead = false

  /** `read` makes a reader, if the tool is one of the caller's. */
  constructor(id: string, name: string, read: (() => CallReader | undefined) | undefined) {
    this.id = id
    this.name = name
    this.#read = read
    this.#whole = read?.()
  }

  /** Its tool may run before the turn of the model is over. */
  get isEager(): boolean {
    return this.#whole?.tool.eager === true
  }

  /** The limit that the last delta has passed, in words, or `null`. */
  passed(delta: string): string | null {
    if (this.#isRead && delta.trim() !== '') {
      // They were read as complete, and are not.
      this.#isRead = false
      this.#whole = this.#read?.()
    }
    return this.#whole?.guard.push(delta) ?? null
  }

  get arguments(): string {
    return this.deltas.text
  }

  /** All of the arguments, read; to be asked for when they are complete. */
  get reader(): CallReader | undefined {
    if (!this.#isRead) {
      this.#isRead = true
      this.#whole?.push(this.deltas.text)
      this.#whole?.end()
    }
    return this.#whole
  }

  /** A reader of one's own, with nothing in it yet. */
  follow(): CallReader | undefined {
    return this.#read?.()
  }
}
