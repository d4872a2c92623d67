/** The fields by which a piece of a stream says where it belongs. Each field is absent when the provider left it out. */
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

/** Whether a piece says nothing but perhaps a name. */
export function isBare({ id, item, position }: Identity): boolean {
  return id === undefined && item === undefined && position === undefined
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
  readonly #byId = new Map<string, Thing[]>()
  readonly #byItem = new Map<string, Thing[]>()
  readonly #byPosition = new Map<string, Thing[]>()
  readonly #unplaced: Thing[] = []
  /** Those that are open, and some that have ended since. */
  #recent: Thing[] = []
  #hasEnded = false
  /** Several things at one place, of which one was open. */
  #isPositionReused = false
  /** Several things at one place, one after the other. */
  #isPositionShared = false
  #isIdReused = false
  #arePiecesPlaced: boolean | undefined
  #isMixed = false

  /** The identities in this stream leave doubts, so the result has to be checked in another way as well. */
  get isDoubtful(): boolean {
    const isBare = this.#arePiecesPlaced === false && this.all.length > 1
    return this.#isPositionShared || this.#isMixed || this.#isIdReused || isBare
  }

  /** Whether some pieces have a position and others have nothing at all. */
  get isMixed(): boolean {
    return this.#isMixed
  }

  add(thing: Thing): Thing {
    const { id, item, position } = thing
    this.#isPositionShared ||= position !== undefined && this.#at(position).length > 0
    this.#isPositionReused ||= position !== undefined && this.#at(position).some((one) => !one.isEnded)
    this.all.push(thing)
    this.#recent.push(thing)
    if (id !== undefined) this.#addId(id, thing)
    if (item !== undefined) put(this.#byItem, item, thing)
    if (position === undefined) this.#unplaced.push(thing)
    else put(this.#byPosition, position, thing)
    return thing
  }

  /** Ends a thing: later pieces of it are repetitions. */
  end(thing: Thing): void {
    thing.isEnded = true
    this.#hasEnded = true
  }

  /** The id of a thing that came without one. */
  addId(thing: Thing, id: string | undefined): void {
    if (thing.id !== undefined || id === undefined) return
    thing.id = id
    this.#addId(id, thing)
  }

  /** Notes how a piece that has no start event is addressed. */
  note({ id, item, position }: Identity): void {
    if (id !== undefined || item !== undefined) return
    this.#arePiecesPlaced ??= position !== undefined
    this.#isMixed ||= this.#arePiecesPlaced !== (position !== undefined)
  }

  /** The things that are open and agree with everything that the piece says. */
  open(identity: Identity): Thing[] {
    if (this.#hasEnded) this.#recent = this.#recent.filter((thing) => !thing.isEnded)
    this.#hasEnded = false
    const list = this.#candidates(identity, this.#recent)
    return list.filter((thing) => !thing.isEnded && this.#agrees(thing, identity))
  }

  /** The things that agree with everything that the piece says, ended ones included. */
  matching(identity: Identity): Thing[] {
    return this.#candidates(identity, this.all).filter((thing) => this.#agrees(thing, identity))
  }

  /** Whether the fields name different things that have come: an id one, the position another. */
  isTornApart({ id, item, position }: Identity): boolean {
    const [first, ...others] = [
      id === undefined ? undefined : this.#byId.get(id),
      item === undefined ? undefined : this.#byItem.get(item),
      position === undefined || this.#isPositionReused ? undefined : this.#byPosition.get(position),
    ].filter((things) => things !== undefined)
    return first !== undefined && !first.some((thing) => others.every((things) => things.includes(thing)))
  }

  /** Whether the id is of a thing that has come, and nothing agrees with the rest: for pieces that can't begin a thing. */
  isAstray({ id, item, position }: Identity): boolean {
    const isKnown = item === undefined ? id !== undefined && this.#byId.has(id) : this.#byItem.has(item)
    return isKnown && this.matching({ id, item, position }).length === 0
  }

  #agrees(thing: Thing, { id, item, position, name }: Identity): boolean {
    const isIdKnown = id !== undefined && this.#byId.has(id)
    const isItemKnown = item !== undefined && this.#byItem.has(item)
    if (isIdKnown ? thing.id !== id : differ(thing.id, id)) return false
    if (isItemKnown ? thing.item !== item : differ(thing.item, item)) return false
    const hasAgreed = isIdKnown || isItemKnown
    if (differ(thing.position, position) && !(hasAgreed && this.#isPositionReused)) return false
    if (differ(thing.name, name)) return false
    // An id that comes late belongs to what is at its position.
    const isLate = (id !== undefined && thing.id === undefined) || (item !== undefined && thing.item === undefined)
    return !isLate || hasAgreed || (position !== undefined && thing.position === position)
  }

  /** Where to look for a piece: at what its strongest field names, or in `others`. */
  #candidates({ id, item, position }: Identity, others: readonly Thing[]): readonly Thing[] {
    const named = (id !== undefined && this.#byId.get(id)) || (item !== undefined && this.#byItem.get(item))
    if (named) return named
    return position === undefined || others.length < 8 ? others : [...this.#at(position), ...this.#unplaced]
  }

  #at(position: string): readonly Thing[] {
    return this.#byPosition.get(position) ?? []
  }

  #addId(id: string, thing: Thing): void {
    this.#isIdReused ||= this.#byId.has(id)
    put(this.#byId, id, thing)
  }
}

function put<Thing>(map: Map<string, Thing[]>, key: string, thing: Thing): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [thing])
  else list.push(thing)
}

function differ(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a !== b
}
