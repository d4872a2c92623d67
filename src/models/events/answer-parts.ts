import { LongText } from '../../json/long-text.ts'
import type { AnswerChannel } from './answer-channel.ts'
import { type Identity, type Piecewise, Things } from './identity.ts'
import { restOf } from './repetition.ts'
import { WireFault } from './wire-fault.ts'

/** A message, content part or block of text. */
interface TextPart extends Piecewise {
  readonly text: LongText
  /** `apart`: its pieces came between those of the answer, so it is another answer. */
  state: 'waiting' | 'flowing' | 'over' | 'apart' | 'reasoning'
}

/**
 * Puts the text of one answer together from its parts. Parts that follow each other are one text. A part that begins
 * before the one in front of it has ended waits; when pieces of both come in turns, the first is the answer and the
 * other is collected apart.
 */
export class AnswerParts {
  readonly #channel: AnswerChannel
  readonly #things = new Things<TextPart>()
  #flowing: TextPart | undefined
  /** Parts with text that wait for the one in front of them. */
  #waiting: TextPart[] = []

  constructor(channel: AnswerChannel) {
    this.#channel = channel
  }

  /** A start event: always a new part, also when its key is open or ended. */
  start(identity: Identity, isReasoning = false): void {
    this.#add(identity, isReasoning)
  }

  /** A start event that repeats the one of what holds the part: nothing where a part of this identity is still empty. */
  startInside(identity: Identity): void {
    if (!this.#things.open(identity).some((part) => part.text.isEmpty)) this.#add(identity, false)
  }

  piece(identity: Identity, text: string, isReasoning = false): void {
    if (text === '') return
    this.#check(identity)
    this.#things.note(identity)
    const [part, ...more] = this.#things.open(identity)
    const hasNoId = identity.id === undefined && identity.item === undefined
    if (more.length > 0 || (hasNoId && this.#things.isMixed && part !== undefined)) throw ambiguous('a piece of text')
    if (part === undefined && !hasNoId && this.#things.matching(identity).length > 0) throw afterEnd()
    if (part === undefined && identity.position !== undefined && this.#things.matching(identity).length > 0) {
      throw afterEnd()
    }
    this.#append(part ?? this.#add(identity, isReasoning), text)
  }

  /** The whole text of a part, in addition to its pieces or in place of them. It ends the part. */
  whole(identity: Identity, text: string, isReasoning = false): void {
    this.#check(identity)
    const matching = this.#things.matching(identity)
    if (matching.length === 0 && text === '') return
    const open = matching.filter((part) => !part.isEnded)
    const part = partOfWhole(open.length > 0 ? open : matching, text)
    this.#complete(part ?? this.#add(identity, isReasoning), text)
  }

  end(identity: Identity): void {
    this.#check(identity)
    const [part, ...more] = this.#things.open(identity)
    if (more.length > 0) throw ambiguous('the end of a text')
    if (part !== undefined) this.#end(part)
  }

  /** The end of what holds the part: nothing where it has ended already. */
  endAll(identity: Identity): void {
    const open = this.#things.open(identity)
    // An end without an id may be the second one of a part that has ended.
    if (identity.item === undefined && this.#things.matching(identity).length > open.length) return
    if (open.length > 1) throw ambiguous('the end of a text')
    for (const part of open) this.#end(part)
  }

  /**
   * The texts as they are repeated when the answer is over. Ids may be others by then; each text has to be one of
   * those that came, and one that did not come got lost on the way.
   */
  repeated(list: readonly (Identity & { text: string })[]): void {
    const given = list.filter((one) => one.text !== '')
    const ours = this.#things.all.filter((part) => part.state !== 'reasoning' && !part.text.isEmpty)
    // Some servers join their messages when they repeat them.
    const [seen, whole] = [ours.map((part) => part.text.whole).join(''), given.map((one) => one.text).join('')]
    if (seen === whole) return
    const left = new Set(ours)
    const lost: (Identity & { text: string })[] = []
    for (const one of given) {
      const fitting = [...left].filter((part) => one.text.startsWith(part.text.whole))
      const known = new Set(this.#things.matching(one))
      const part = fitting.find((candidate) => known.has(candidate)) ?? fitting[0]
      if (part === undefined) lost.push(one)
      else {
        left.delete(part)
        this.#complete(part, one.text)
      }
    }
    if (lost.length === 0) return
    if (left.size === 0) {
      for (const one of lost) this.#complete(this.#add(one, false), one.text)
      return
    }
    const rest = restOf(seen, whole, 'the text of the answer')
    if (rest !== '') this.#append(ours.at(-1)!, rest)
  }

  /** The regular end of the answer: what waited follows, what is apart is reported. */
  finish(): void {
    for (const part of this.#things.all) if (!part.isEnded) this.#end(part)
    for (const part of this.#things.all) if (part.state === 'apart') this.#channel.extraAnswer(part.text.whole)
  }

  #check(identity: Identity): void {
    const isWrong = this.#things.isTornApart(identity) || this.#things.isAstray(identity)
    if (isWrong) throw ambiguous('a piece whose id and position do not agree')
  }

  #add(identity: Identity, isReasoning: boolean): TextPart {
    const state = isReasoning ? 'reasoning' : 'waiting'
    const { id, item, position } = identity
    return this.#things.add({ id, item, position, isEnded: false, text: new LongText(), state })
  }

  #append(part: TextPart, text: string): void {
    part.text.add(text)
    switch (part.state) {
      case 'reasoning':
        this.#channel.reasoning(text)
        break
      case 'flowing':
        this.#setApart()
        this.#channel.text(text)
        break
      case 'waiting':
        if (this.#flowing === undefined) this.#flow(part)
        else if (!this.#waiting.includes(part)) this.#waiting.push(part)
        break
      case 'over':
        throw new WireFault('went on with a text after the next one had begun')
      case 'apart':
        break
      default: {
        const never: never = part.state
        throw new TypeError(`Unknown state ${String(never)}`)
      }
    }
  }

  /** The answer continues, so other parts that have begun meanwhile are not part of it. */
  #setApart(): void {
    for (const part of this.#waiting) part.state = 'apart'
    this.#waiting = []
  }

  #complete(part: TextPart, whole: string): void {
    const rest = restOf(part.text.whole, whole, 'the text of the answer')
    if (rest !== '') this.#append(part, rest)
    this.#end(part)
  }

  #end(part: TextPart): void {
    this.#things.end(part)
    if (part !== this.#flowing) return
    part.state = 'over'
    this.#flowing = undefined
    const next = this.#waiting.shift()
    if (next !== undefined) this.#flow(next)
  }

  /** From here on `part` is the answer's text; what has waited of it is sent. */
  #flow(part: TextPart): void {
    part.state = 'flowing'
    this.#flowing = part
    this.#channel.text(part.text.whole)
    if (part.isEnded) this.#end(part)
  }
}

/** The part that a whole text belongs to; `undefined` where there is none at all. */
function partOfWhole(parts: readonly TextPart[], text: string): TextPart | undefined {
  if (parts.length < 2) return parts[0]
  const same = parts.find((part) => part.text.whole === text)
  if (same !== undefined && text !== '') return same
  const fitting = parts.filter((part) => text.startsWith(part.text.whole))
  const isClear = text !== '' && fitting.every((part) => part.text.whole === fitting[0]!.text.whole)
  if (!isClear || fitting.length === 0) throw ambiguous('a whole text')
  return fitting[0]
}

function ambiguous(what: string): WireFault {
  return new WireFault(`sent ${what}, and it cannot be determined which message or part it belongs to`)
}

function afterEnd(): WireFault {
  return new WireFault('went on with a text after its end')
}
