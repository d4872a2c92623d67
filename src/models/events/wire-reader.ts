import { AnswerChannel } from './answer-channel.ts'
import type { ModelEvent, ResponseFormat } from '../model.ts'
import { asName, asObject, type WireObject } from './wire-value.ts'

/** What the readers of all wires have in common; each knows only what its wire's chunks mean. */
export abstract class ChannelReader {
  protected readonly channel: AnswerChannel
  /** Set by a reader that has met an error object. */
  protected error: WireObject | undefined
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
    return this.error
  }

  /** The events of one chunk of the wire; what is no object says nothing. */
  read(chunk: unknown): readonly ModelEvent[] {
    const wire = asObject(chunk)
    if (wire !== undefined) this.readWire(wire)
    return this.channel.take()
  }

  /** Tells the channel what a chunk says. Unknown chunks are passed over: providers add kinds without notice. */
  protected abstract readWire(wire: WireObject): void

  /** The model that answers is told once. */
  protected readModel(name: unknown): void {
    const model = asName(name)
    if (model === undefined || this.#model !== undefined) return
    this.#model = model
    this.channel.metadata({ model })
  }
}
