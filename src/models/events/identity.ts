/** What a piece of a stream says about where it belongs. Each field is absent when the provider left it out. */
export interface Identity {
  /** The id of a call or part. */
  id?: string | undefined
  /** The id of the item that holds it, on wires that have both. */
  item?: string | undefined
  /** Where it is in the answer. */
  position?: string | undefined
  /** The name of the tool. */
  name?: string | undefined
}

/** Something that comes in pieces: a call of a tool, a message, a content part. */
export interface Piecewise extends Identity {
  /** Its end has come; what comes for it afterwards is a repetition. */
  isEnded: boolean
}

/**
 * Finds the thing that a piece belongs to, by identity. An id that differs is another thing, whatever the position
 * says; when an id and a position name two different things, the piece belongs to neither. A position alone is a help
 * as long as it is not used for several things.
 */
export class Things<Thing extends Piecewise> {
  readonly all: Thing[] = []
  #isPositionReused = false
  #arePiecesPlaced: boolean | undefined
  #isMixed = false

  /** The identities in this stream leave doubts, so the result has to be checked in another way as well. */
  get isDoubtful(): boolean {
    return this.#isPositionReused || this.#isMixed || this.#haveEqualIds()
  }

  add(thing: Thing): Thing {
    this.#isPositionReused ||=
      thing.position !== undefined && this.all.some((one) => !one.isEnded && one.position === thing.position)
    this.all.push(thing)
    return thing
  }

  /** Notes how a piece without a start of its own is addressed; some of them with and some without a position is odd. */
  note(identity: Identity): void {
    const isPlaced = identity.position !== undefined
    if (identity.id !== undefined || identity.item !== undefined) return
    this.#arePiecesPlaced ??= isPlaced
    this.#isMixed ||= this.#arePiecesPlaced !== isPlaced
  }

  /** Whether pieces that have nothing but a position, or not even that, come mixed. */
  get isMixed(): boolean {
    return this.#isMixed
  }

  /** The things that are open and agree with everything that the piece says. */
  open(identity: Identity): Thing[] {
    return this.matching(identity).filter((thing) => !thing.isEnded)
  }

  /** The things that agree with everything that the piece says, ended ones included. */
  matching(identity: Identity): Thing[] {
    const { id, item, position, name } = identity
    const isIdKnown = id !== undefined && this.all.some((thing) => thing.id === id)
    const isItemKnown = item !== undefined && this.all.some((thing) => thing.item === item)
    return this.all.filter((thing) => {
      if (isIdKnown ? thing.id !== id : differ(thing.id, id)) return false
      if (isItemKnown ? thing.item !== item : differ(thing.item, item)) return false
      const hasAgreed = isIdKnown || isItemKnown
      if (differ(thing.position, position) && !(hasAgreed && this.#isPositionReused)) return false
      if (differ(thing.name, name)) return false
      // An id that comes late belongs to what is at its position.
      const isLate = (id !== undefined && thing.id === undefined) || (item !== undefined && thing.item === undefined)
      return !isLate || hasAgreed || (position !== undefined && thing.position === position)
    })
  }

  /** Whether the id names one thing that has come, and the position another. */
  isTornApart({ id, item, position }: Identity): boolean {
    if (this.#isPositionReused) return false
    const at = this.all.filter((thing) => thing.position === position)
    const named = this.all.filter(
      (thing) => (id !== undefined && thing.id === id) || (item !== undefined && thing.item === item),
    )
    return position !== undefined && at.length > 0 && named.length > 0 && !named.some((thing) => at.includes(thing))
  }

  #haveEqualIds(): boolean {
    const ids = this.all.flatMap(({ id }) => (id === undefined ? [] : [id]))
    return new Set(ids).size < ids.length
  }
}

function differ(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a !== b
}
