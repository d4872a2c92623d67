/** Small enough that the pieces of an open block never weigh much, large enough that closing one costs 3 ns a delta. */
const BLOCK = 1024

/**
 * Text that grows by small pieces. V8 keeps `a + b` as a rope: 1 MB out of 4-character pieces would weigh 14 MB until
 * someone reads it, and reading a growing rope flattens all of it each time, which is quadratic. So each block is
 * flattened on its own, once.
 */
export class LongText {
  #blocks = ''
  #open = ''

  get isEmpty(): boolean {
    return this.#open === '' && this.#blocks === ''
  }

  /** All of it, as a rope of flat blocks. */
  get whole(): string {
    return this.#blocks === '' ? this.#open : this.#blocks + this.#open
  }

  set whole(text: string) {
    this.#blocks = ''
    this.#open = text
  }

  /** O(length of `piece`), amortised. */
  add(piece: string): void {
    const open = this.#open === '' ? piece : this.#open + piece
    if (open.length < BLOCK) this.#open = open
    else {
      // Reading one character makes V8 flatten the rope.
      open.charCodeAt(0)
      this.#blocks += open
      this.#open = ''
    }
  }
}
