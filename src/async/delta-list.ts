/** Deltas to a block: with the usual 4 characters a block is 1 KB, small enough to flatten often at 3 ns a delta. */
const BLOCK = 256

interface Block {
  readonly text: string
  /** Where each delta ends, in UTF-16 units from the start of the block. */
  readonly ends: Uint32Array
}

/**
 * Text that only grows, delta by delta, with every boundary kept, for any number of readers.
 * It costs about twice the text: single strings of 4 characters would cost eight times as much, and one rope
 * fourteen times until someone flattens it.
 */
export class DeltaList {
  /** How many deltas there are. */
  count = 0
  /** UTF-16 units in all. */
  length = 0
  readonly #blocks: Block[] = []
  /** All of the closed blocks. */
  #closed = ''
  #tail = ''
  #ends = new Uint32Array(8)
  #last = ''

  push(delta: string): void {
    const index = this.count++ % BLOCK
    if (index === this.#ends.length) {
      const wider = new Uint32Array(Math.min(BLOCK, index * 4))
      wider.set(this.#ends)
      this.#ends = wider
    }
    this.#tail += delta
    this.#ends[index] = this.#tail.length
    this.#last = delta
    this.length += delta.length
    if (index === BLOCK - 1) {
      // Reading a character flattens the rope.
      this.#tail.charCodeAt(0)
      this.#blocks.push({ text: this.#tail, ends: this.#ends })
      this.#closed += this.#tail
      this.#tail = ''
      this.#ends = new Uint32Array(BLOCK)
    }
  }

  /** Delta `index`, from 0 to below `count`. */
  at(index: number): string {
    if (index === this.count - 1) return this.#last
    const block = this.#blocks[Math.floor(index / BLOCK)]
    const ends = block?.ends ?? this.#ends
    const place = index % BLOCK
    return (block?.text ?? this.#tail).slice(place === 0 ? 0 : ends[place - 1], ends[place])
  }

  /** Everything from delta `index` on, in one piece. */
  from(index: number): string {
    if (index >= this.count) return ''
    if (index === this.count - 1) return this.#last
    if (index === 0) return this.text
    let number = Math.floor(index / BLOCK)
    const place = index % BLOCK
    const first = this.#blocks[number]
    let text = (first?.text ?? this.#tail).slice(place === 0 ? 0 : (first?.ends ?? this.#ends)[place - 1])
    if (first === undefined) return text
    for (number++; number < this.#blocks.length; number++) text += this.#blocks[number]!.text
    return text + this.#tail
  }

  /** Deltas `from` to below `to`, in one piece. */
  between(from: number, to: number): string {
    if (to === this.count) return this.from(from)
    let text = ''
    for (let index = from; index < to; index++) text += this.at(index)
    return text
  }

  /** All of it. */
  get text(): string {
    return this.#closed + this.#tail
  }
}
