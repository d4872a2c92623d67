import { LongText } from '../../json/long-text.ts'
import type { AnswerChannel } from './answer-channel.ts'
import { type Identity, isBare, type Piecewise, Things } from './identity.ts'
import { type Extent, JsonExtent } from './json-extent.ts'
import { isSameJson, restOfJson } from './repetition.ts'
import { WireFault } from './wire-fault.ts'

/** A call as its pieces come. */
class OpenCall implements Piecewise {
  id: string | undefined
  item: string | undefined
  position: string | undefined
  name: string | undefined
  isEnded = false
  /** Whether its name came again with a further piece; `undefined` until there was one. */
  repeatsName: boolean | undefined
  /** Whether its name came again after its arguments: the start of another call, or a mere repetition. */
  mayBeTwo = false
  /** Which call it is for the channel. */
  readonly key: number
  readonly #text = new LongText()
  readonly #json = new JsonExtent()
  /** Pieces since the extent was last asked for; most streams never ask. */
  #unread: string[] = []

  constructor(key: number, identity: Identity) {
    this.key = key
    this.id = identity.id
    this.item = identity.item
    this.position = identity.position
    this.name = identity.name
  }

  get text(): string {
    return this.#text.whole
  }

  get extent(): Extent {
    return this.#read().extent
  }

  accepts(text: string): boolean {
    return this.#read().accepts(text)
  }

  add(text: string): void {
    if (text === '') return
    this.#text.add(text)
    this.#unread.push(text)
  }

  #read(): JsonExtent {
    for (const piece of this.#unread) this.#json.add(piece)
    this.#unread = []
    return this.#json
  }
}

/**
 * Puts the calls of one answer together from their pieces. A piece that could belong to more than one call, and
 * arguments that continue after their end, end the stream with an error: a tool must never run with another's arguments.
 */
export class Calls {
  readonly #channel: AnswerChannel
  readonly #things = new Things<OpenCall>()
  /** Whether the name of some call came again with a further piece. */
  #hasRepeatedName = false

  constructor(channel: AnswerChannel) {
    this.#channel = channel
  }

  get count(): number {
    return this.#things.all.length
  }

  /** Whether a call of this tool with these arguments has come. */
  has(name: string | undefined, text: string): boolean {
    return this.#things.all.some((call) => call.name === name && isSameJson(call.text, text))
  }

  /** Whether a start or a piece of a call that agrees with `identity` has come. */
  isBegun(identity: Identity): boolean {
    return this.#things.matching(identity).length > 0
  }

  /** A start event: always a new call, also when its key is open or ended. */
  start(identity: Identity): void {
    this.#begin(identity)
  }

  /** A piece on a wire that has start events; the name of a call whose start is missing may come at its end. */
  piece(identity: Identity, text: string): void {
    if (text === '') return
    this.#check(identity)
    this.#things.note(identity)
    const isNew = !isBare(identity) && this.#things.open(identity).length === 0 && !this.isBegun(identity)
    const call = isNew ? this.#begin(identity) : this.#owner(identity, text)
    this.#append(call, text)
  }

  /** A piece on a wire without start events, where an id or a name that differs, or a name that comes again, is one. */
  pieceOrStart(identity: Identity, text: string): void {
    const { id, name } = identity
    if (name !== undefined) return this.#named(identity, text)
    if (text === '' && this.#things.open(identity).length !== 1) return
    this.#check(identity, true)
    if (id !== undefined && this.#things.matching(identity).length === 0) {
      if (this.#things.all.some((call) => call.id === id)) throw contradictory(identity)
      this.#append(this.#begin(identity), text)
      return
    }
    if (text !== '') this.#things.note(identity)
    const call = this.#owner(identity, text)
    if (text.trim() !== '') {
      if (call.repeatsName === true) throw ambiguous('a piece without a name after pieces with one', call.name)
      if (call.name !== undefined) call.repeatsName = false
      // One server doesn't do both.
      if (id === undefined && this.#hasRepeatedName) {
        throw ambiguous('a piece without a name after pieces with one', call.name)
      }
    }
    this.#things.addId(call, id)
    this.#append(call, text)
  }

  /** A call in one piece, on a wire whose calls always come so. */
  wholeCall(identity: Identity, text: string): void {
    this.#end(this.#begin(identity), text)
  }

  /** A whole call, or the whole arguments of one whose pieces have come. */
  whole(identity: Identity, text: string): void {
    this.#check(identity)
    const open = this.#things.open(identity)
    if (open.length === 0) return this.#end(this.#begin(identity), text)
    const fitting = open.length > 1 ? open.filter((call) => isRest(call, text)) : open
    // Without its id, which of calls that are alike has ended can't be said; and the id may come yet.
    const isLost = fitting.length > 1 && identity.id === undefined && fitting.some((one) => one.id !== undefined)
    const call = isLost ? undefined : onlyOne(fitting)
    if (call === undefined) throw ambiguous('whole arguments', identity.name)
    this.#end(call, text, identity)
  }

  /** The whole arguments at the end of a call that was begun; `undefined` when the end repeats nothing. */
  end(identity: Identity, whole: string): void {
    this.#check(identity)
    const [call, ...more] = this.#things.open(identity)
    const matching = this.#things.matching(identity)
    if (call !== undefined && more.length === 0) {
      // An end without an id may be the second one of a call that has ended.
      const ended = matching.filter((one) => one.isEnded && (whole === '' || isSameJson(one.text, whole)))
      const hasNoId = identity.id === undefined && identity.item === undefined
      if (hasNoId && ended.length > 0 && call.extent !== 'complete') return
      return this.#end(call, whole, identity)
    }
    const isRepeated = matching.some((one) => one.isEnded && (whole === '' || isRest(one, whole)))
    if (isRepeated) return
    if (call === undefined) {
      if (matching.length === 0) return
      throw ambiguous('the end of a call', identity.name)
    }
    const complete = [call, ...more].filter((one) => whole === '' || isRest(one, whole))
    const first = onlyOne(complete)
    if (first === undefined) throw ambiguous('an end', identity.name)
    this.#end(first, whole, identity)
  }

  /**
   * The calls as they are repeated when the answer is over. Ids may be others by then; each has to be one of those
   * that came, and one that did not come is a call that got lost on the way.
   */
  repeated(list: readonly (Identity & { text: string })[]): void {
    const left = new Set(this.#things.all)
    const lost: (Identity & { text: string })[] = []
    for (const given of list) {
      const same = [...left].filter((call) => (call.name ?? given.name) === given.name && isRest(call, given.text))
      const call = same.find((one) => one.id === given.id) ?? same[0]
      if (call === undefined) {
        lost.push(given)
        continue
      }
      left.delete(call)
      if (!call.isEnded) this.#end(call, given.text, given)
    }
    if (lost.length > 0 && left.size > 0) {
      const [call] = left
      throw new WireFault(
        `repeated the call of the tool "${lost[0]!.name}" at the end, and it differs from what came before (${JSON.stringify(call!.text.slice(0, 60))})`,
      )
    }
    for (const call of lost) this.#end(this.#begin(call), call.text)
  }

  /**
   * The regular end of the answer. Where the identities left doubts, every call must have exactly one JSON document.
   */
  finish(): void {
    const { isDoubtful } = this.#things
    for (const call of this.#things.all) {
      if (call.name === undefined) throw new WireFault('sent arguments of a call without the name of the tool')
      const isWhole = call.extent === 'complete' || call.extent === 'empty'
      if ((isDoubtful || call.repeatsName === true) && !isWhole)
        throw ambiguous('arguments that are not one JSON document', call.name)
    }
  }

  #check(identity: Identity, mayBegin = false): void {
    const isAstray = !mayBegin && this.#things.isAstray(identity)
    if (isAstray || this.#things.isTornApart(identity)) throw contradictory(identity)
  }

  #named(identity: Identity, text: string): void {
    this.#check(identity, true)
    const call = this.#started(identity, text)
    if (call === undefined) {
      if (this.#isElsewhere(identity)) throw contradictory(identity)
      this.#append(this.#begin(identity), text)
      return
    }
    if (call.name === undefined) this.#nameIt(call, identity)
    else call.repeatsName = this.#hasRepeatedName = true
    this.#append(call, text)
  }

  /** Whether an unfinished call of this id and name is at another position: the next call of it, or a wrong position? */
  #isElsewhere({ id, name }: Identity): boolean {
    if (id === undefined) return false
    return this.#things.matching({ id, name }).some((call) => call.name === name && call.extent !== 'complete')
  }

  /** The call that a piece with a name continues, if it does not begin one. */
  #started(identity: Identity, text: string): OpenCall | undefined {
    const [call, ...more] = this.#things.open(identity).toReversed()
    if (call === undefined) return undefined
    if (more.some((one) => one.extent !== 'complete') && identity.id === undefined) {
      throw ambiguous('a piece with the name alone', identity.name)
    }
    if (call.name === undefined) return call
    const isSameId = identity.id !== undefined && call.id === identity.id
    if (text.trim() === '') {
      if (call.extent === 'empty') return call
      if (call.repeatsName === false || !isSameId) return undefined
      call.mayBeTwo ||= call.extent === 'complete'
      return call
    }
    if (call.mayBeTwo) throw ambiguous('arguments after the name had come again', identity.name)
    // Its other pieces had no name: this is the next call.
    if (call.repeatsName === false || call.extent === 'complete') return undefined
    if (call.extent === 'empty') return call
    const [goesOn, begins] = [call.accepts(text), new JsonExtent().accepts(text)]
    if (goesOn && begins) throw ambiguous('a piece that may begin a call or continue one', identity.name)
    return begins ? undefined : call
  }

  /** The one call that a piece can belong to. */
  #owner(identity: Identity, text: string): OpenCall {
    const open = this.#things.open(identity)
    const hasNoId = identity.id === undefined && identity.item === undefined
    const unfinished = open.length > 1 ? open.filter((call) => call.extent !== 'complete') : open
    const [call, ...more] = unfinished
    const isUncertain = more.length > 0 || (hasNoId && this.#things.isMixed && this.count > 0)
    if (isUncertain) throw ambiguous('a piece of arguments', identity.name)
    if (call === undefined) {
      const isKnown = open.length > 0 || this.#things.matching(identity).length > 0
      throw isKnown ? afterEnd(identity.name) : contradictory(identity)
    }
    const [first] = text.trim()
    if (first === undefined || call.name === undefined) return call
    // Text after the end of the only call is the model's mistake, which the tool's reader reports to the model.
    const isNext = first === '{' || first === '['
    if ((this.count > 1 || isNext) && call.extent === 'complete') throw afterEnd(call.name)
    return call
  }

  #begin(identity: Identity): OpenCall {
    const call = this.#things.add(new OpenCall(this.count, identity))
    if (call.name !== undefined) this.#channel.toolStart(call.key, call.id, call.name)
    return call
  }

  #append(call: OpenCall, text: string): void {
    call.add(text)
    if (call.name !== undefined) this.#channel.toolDelta(call.key, text)
  }

  #nameIt(call: OpenCall, { id, name }: Identity): void {
    call.name = name
    this.#things.addId(call, id)
    this.#channel.toolStart(call.key, call.id, name!)
    this.#channel.toolDelta(call.key, call.text)
  }

  #end(call: OpenCall, whole: string, identity: Identity = {}): void {
    if (call.isEnded) return
    if (call.name === undefined && identity.name !== undefined) this.#nameIt(call, identity)
    this.#append(call, restOfJson(call.text, whole, `the arguments of the tool "${call.name}"`))
    this.#things.end(call)
    this.#channel.toolEnd(call.key)
  }
}

/** The first of calls that are alike, and so may end in any order. */
function onlyOne(calls: readonly OpenCall[]): OpenCall | undefined {
  const [first, ...others] = calls
  return others.every((one) => one.text === first!.text && one.name === first!.name) ? first : undefined
}

function isRest(call: OpenCall, whole: string): boolean {
  try {
    restOfJson(call.text, whole, '')
    return true
  } catch {
    return false
  }
}

function ambiguous(what: string, name: string | undefined): WireFault {
  const of = name === undefined ? '' : ` for the tool "${name}"`
  return new WireFault(`sent ${what}${of}, and it cannot be determined which call it belongs to`)
}

function afterEnd(name: string | undefined): WireFault {
  const of = name === undefined ? 'of a call' : `of the tool "${name}"`
  return new WireFault(`sent more arguments ${of} after they were complete`)
}

function contradictory({ id, item, position }: Identity): WireFault {
  const said = Object.entries({ id, item, position }).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key} ${JSON.stringify(value)}`],
  )
  return new WireFault(
    `sent a piece of a call that was not begun, or whose id and position do not agree (${said.join(', ') || 'without id and position'})`,
  )
}
