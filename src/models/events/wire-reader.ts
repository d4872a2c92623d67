import type { ModelEvent, ResponseFormat } from '../model.ts'
import { AnswerChannel } from './answer-channel.ts'
import { errorIn } from './error-shape.ts'
import { WireFault } from './wire-fault.ts'
import { asName, asObject, type WireObject } from './wire-value.ts'

/** The common part of the readers of all wires; each knows only what its wire's chunks mean. */
export abstract class ChannelReader {
  protected readonly channel: AnswerChannel
  #error: WireObject | undefined
  #fault: string | undefined
  #isUnderstood = false
  #model: string | undefined

  constructor(format: ResponseFormat | undefined) {
    this.channel = new AnswerChannel(format)
  }

  /** Whether the terminal event has come. */
  get finished(): boolean {
    return this.channel.finished
  }

  /** The error object, once the provider has reported one in a regular event. */
  get failure(): WireObject | undefined {
    return this.#error
  }

  /** The provider's contradiction, as a predicate; nothing is read after it. */
  get fault(): string | undefined {
    return this.#fault
  }

  /** Whether any chunk was of a kind that this wire has. */
  get isUnderstood(): boolean {
    return this.#isUnderstood
  }

  /** The events of one chunk of the wire; a chunk that isn't an object says nothing. */
  read(chunk: unknown): readonly ModelEvent[] {
    const wire = asObject(chunk)
    if (wire === undefined) return []
    return this.#guarded(() => {
      if (this.readWire(wire)) this.#isUnderstood = true
      this.#error = this.readError(wire)
    })
  }

  /** The events that can be known only at the regular end of the stream. */
  end(): readonly ModelEvent[] {
    return this.#guarded(() => this.readEnd())
  }

  /**
   * Reports to the channel what a chunk says, and returns whether it is of a kind that this wire has. Unknown chunks are
   * passed over: providers add kinds without notice.
   */
  protected abstract readWire(wire: WireObject): boolean

  /** The error that a chunk reports. */
  protected readError(wire: WireObject): WireObject | undefined {
    return errorIn(wire)
  }

  protected readEnd(): void {}

  /** The model that answers is reported once. */
  protected readModel(name: unknown): void {
    const model = asName(name)
    if (model === undefined || this.#model !== undefined) return
    this.#model = model
    this.channel.metadata({ model })
  }

  #guarded(read: () => void): readonly ModelEvent[] {
    if (this.#fault !== undefined) return []
    try {
      read()
    } catch (error) {
      if (!(error instanceof WireFault)) throw error
      this.#fault = error.message
    }
    return this.channel.take()
  }
}
