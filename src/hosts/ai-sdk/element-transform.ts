import { StructStreamError } from '../../errors.ts'
import type { TextReader } from '../../stream/partial-reader.ts'

/** What the AI SDK sends through, as far as it is looked at. */
interface EnrichedPart {
  readonly part?: { readonly type: string; readonly id?: unknown; readonly text?: unknown }
  readonly partialOutput?: unknown
}

/**
 * Gives the elements of a list, each once, when it is complete and valid. A text that isn't the continuation of the
 * one before (another step, another attempt) begins again, with its first element.
 *
 * @param textOf the text that a partial was first read from. The AI SDK announces neither that it tries again nor which of
 * several texts counts, so that the deltas alone don't tell.
 */
export function elementTransform<Element>(
  open: () => Promise<TextReader<unknown>>,
  textOf: (partial: object) => string | undefined,
): TransformStream<unknown, Element> {
  let elements: OpenElements<Element> | undefined
  let id: unknown
  return new TransformStream<unknown, Element>({
    async transform(chunk, controller) {
      const { part, partialOutput } = chunk as EnrichedPart
      if (part?.type === 'start-step') elements = id = undefined
      if (part?.type !== 'text-delta') return
      const whole = typeof partialOutput === 'object' && partialOutput !== null ? textOf(partialOutput) : undefined
      id = whole === undefined ? (id ?? part.id) : part.id
      if (part.id !== id) return
      const text = whole ?? `${elements?.text ?? ''}${String(part.text)}`
      if (elements === undefined || !elements.isBeginningOf(text)) elements = new OpenElements<Element>(await open())
      for (const element of elements.continueWith(text)) controller.enqueue(element)
    },
  })
}

/** The elements of one text. */
class OpenElements<Element> {
  readonly #reader: TextReader<unknown>
  text = ''
  #stop: (() => void) | undefined
  #replacements = -1
  #completed: Element[] = []

  constructor(reader: TextReader<unknown>) {
    this.#reader = reader
  }

  isBeginningOf(text: string): boolean {
    return text.slice(0, this.text.length) === this.text
  }

  /** Those that are complete now and weren't before; all of them, when another document has taken the place of the one before. */
  continueWith(text: string): Element[] {
    const reader = this.#reader
    reader.push(text.slice(this.text.length))
    this.text = text
    const value: unknown = reader.value
    if (value !== undefined && !Array.isArray(value))
      throw new StructStreamError('bad_options', 'elementStream needs a schema whose root is a list.')
    if (reader.replacements !== this.#replacements) {
      this.#replacements = reader.replacements
      this.#stop?.()
      this.#completed = []
      this.#stop = reader.watchElements((element) => this.#completed.push(element as Element))
    }
    return this.#completed.splice(0)
  }
}
