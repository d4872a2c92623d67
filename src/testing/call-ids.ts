/** Hands out the ids of tool calls, as a provider does: none of them twice, and the same in the same order of requests. */
export class CallIds {
  readonly #used = new Set<string>()
  #count = 0

  /** @param given an id that is wanted: it is used unchanged */
  take(given?: string): string {
    let id = given
    while (id === undefined || (given === undefined && this.#used.has(id))) id = `call_${++this.#count}`
    this.#used.add(id)
    return id
  }
}
