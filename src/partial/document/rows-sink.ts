import type { TokenSink } from '../../json/token-sink.ts'
import type { SchemaNode } from '../../schema/node.ts'

/**
 * For a list at the root that may have come as its elements, one document after the other: the first document that is
 * an object with a key of the element's opens the list, and only `close()` closes it. Any other document goes through
 * unchanged.
 */
export class RowsSink implements TokenSink {
  readonly #target: TokenSink
  readonly #mayHoldKey: (name: string) => boolean
  /** 'begun': an object has begun of which no key has come. */
  #state: 'start' | 'begun' | 'rows' | 'through'

  /** @param isList the documents are known to be elements */
  constructor(target: TokenSink, mayHoldKey: (name: string) => boolean, isList: boolean) {
    this.#target = target
    this.#mayHoldKey = mayHoldKey
    this.#state = 'start'
    if (isList) this.#open()
  }

  /** The documents are the elements of the list. */
  get isList(): boolean {
    return this.#state === 'rows'
  }

  /** No further element comes. */
  close(): void {
    this.#target.endArray()
  }

  #open(): void {
    this.#state = 'rows'
    this.#target.beginArray()
  }

  #through(): TokenSink {
    if (this.#state === 'begun') this.#target.beginObject()
    if (this.#state !== 'rows') this.#state = 'through'
    return this.#target
  }

  beginObject(): void {
    if (this.#state === 'start') this.#state = 'begun'
    else this.#through().beginObject()
  }
  key(name: string): void {
    if (this.#state === 'begun' && this.#mayHoldKey(name)) {
      this.#open()
      this.#target.beginObject()
    }
    this.#through().key(name)
  }
  endObject(): void {
    this.#through().endObject()
  }
  beginArray(): void {
    this.#through().beginArray()
  }
  endArray(): void {
    this.#through().endArray()
  }
  beginString(): void {
    this.#through().beginString()
  }
  growString(piece: string, soFar: string): void {
    this.#target.growString(piece, soFar)
  }
  endString(value: string): void {
    this.#target.endString(value)
  }
  beginNumber(): void {
    this.#through().beginNumber()
  }
  endNumber(value: number, text?: string): void {
    this.#target.endNumber(value, text)
  }
  beginLiteral(value: boolean | null): void {
    this.#through().beginLiteral(value)
  }
  endLiteral(value: boolean | null): void {
    this.#target.endLiteral(value)
  }
  reopenString(): void {
    this.#target.reopenString?.()
  }
  cancelLiteral(): void {
    this.#target.cancelLiteral?.()
  }
}

/** Whether an element of the list may be an object with this key, and not only one that lets it pass. */
export function mayHoldKey({ core }: SchemaNode, name: string, depth = 0): boolean {
  if (depth > 8) return false
  const inside = (nodes: Iterable<{ node: SchemaNode }>): boolean =>
    [...nodes].some(({ node }) => mayHoldKey(node, name, depth + 1))
  switch (core.kind) {
    case 'object':
      return core.properties.has(name)
    case 'discriminated':
      return name === core.discriminator || inside(core.branches.values())
    case 'union':
      return inside(core.options)
    case 'intersection':
      return inside(core.sides)
    case 'catch':
      return inside([core.inner])
    case 'any':
    case 'leaf':
    case 'array':
    case 'tuple':
    case 'record':
      return false
    default: {
      const never: never = core
      return never
    }
  }
}
