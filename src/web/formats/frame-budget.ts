/** What frames may cost: `share` of the text that they carry, and `slack` bytes in all. */
export interface FrameCosts {
  readonly share: number
  /** So that short answers come delta by delta. */
  readonly slack: number
  /** Bytes of a frame, its text left out. */
  readonly frame: number
}

/**
 * Keeps what is sent around the text in proportion to the text. A frame is due once there is enough text for it, so
 * that a fast model's small deltas travel together, while a slow or short one's go at once.
 */
export class FrameBudget {
  readonly #costs: FrameCosts
  #text = 0
  #spent = 0

  constructor(costs: FrameCosts) {
    this.#costs = costs
  }

  /** Notes `chars` of text that came, and `bytes` that were written in addition to them. */
  note(chars: number, bytes: number): void {
    this.#text += chars
    this.#spent += bytes
  }

  /** Characters of further text from which on a frame that costs `bytes` is due; 0 or less: at once. */
  missing(bytes: number = this.#costs.frame): number {
    const { share, slack } = this.#costs
    return Math.ceil((this.#spent + bytes - slack) / share) - this.#text
  }
}
