import type { Found } from '../../json/find-document.ts'
import { FRAGMENT, LEAD, LINE, type Standing, type Surroundings } from '../../json/surroundings.ts'
import type { Repair } from '../../types.ts'
import type { Candidate } from './candidate.ts'
import { keepRepair } from './keep-repair.ts'
import { KEPT, SEVERAL, weigh, type DocumentVerdict, type Evidence } from './choose-document.ts'
import { notOver } from './document-failures.ts'

/** A document of an answer with what the text around it says of it. */
export class Contender {
  candidate!: Candidate
  readonly found: Found
  /** Repairs that count only if the document does; null: they are listed as they are made. */
  #held: Repair[] | null
  readonly #list: Repair[]
  readonly #standing: Standing
  readonly #isMarked: boolean
  #after: { hasWords: boolean; isMarked: boolean; isRefused: boolean; isCallOver: boolean } | null = null
  #canonical: string | null = null
  #isEmpty: boolean | null = null

  /**
   * @param list where its repairs are listed, at once if it `isCertain`, otherwise when it is published
   * @param before the document before it, whose standing it shares if only a comma is between them
   */
  constructor(found: Found, list: Repair[], isCertain: boolean, before: Contender | null) {
    this.found = found
    this.#list = list
    this.#held = isCertain ? null : []
    const { placing } = found
    const isNext = (placing.isAdjacent || placing.isAfterBrackets) && before !== null
    const { standing } = placing
    this.#standing = isNext && before.standing > standing ? before.standing : standing
    // "Draft: {…}" is about one document, "Drafts:" on a line before is about all of them.
    const isInList = isNext && (standing === FRAGMENT || before.found.placing.standing > LEAD)
    this.#isMarked = placing.isMarked || (isInList && before.isMarked)
  }

  readonly report = (repair: Repair): void => keepRepair(this.#held ?? this.#list, repair)

  get isPublished(): boolean {
    return this.#held === null
  }

  /** The repair that says that another document counts. */
  get asDraft(): Repair {
    return { kind: 'draft', position: this.start, before: this.candidate.text.trimEnd(), after: '' }
  }

  /** The document counts: its repairs are listed. */
  publish(): void {
    for (const repair of this.#held ?? []) keepRepair(this.#list, repair)
    this.#held = null
  }

  get start(): number {
    return this.found.start
  }

  /** It isn't a document if it continues after its end. */
  noteContinuation({ isContinued }: Surroundings): void {
    if (!isContinued || this.candidate.failure !== null) return
    const { start, candidate } = this
    candidate.failure = notOver(start + candidate.text.length)
  }

  /** Takes what comes after it on its line. */
  noteTail({ hasWordsAfter, isMarkedAfter, isRefusedAfter, tail }: Surroundings): void {
    const isCallOver = /^\s*\)\s*;?\s*$/.test(tail)
    this.#after ??= { hasWords: hasWordsAfter, isMarked: isMarkedAfter, isRefused: isRefusedAfter, isCallOver }
  }

  get standing(): Standing {
    const hasWords = this.#after?.hasWords === true
    // "[Note] The list is this:"
    if (hasWords && this.#standing === LINE && !this.candidate.fits) return LEAD
    // "Note: {} is not an answer."
    return this.#standing === LEAD && hasWords ? FRAGMENT : this.#standing
  }
  get isMarked(): boolean {
    const isCallAlone = this.found.placing.isCall && this.#after?.isCallOver === false
    return (
      this.#isMarked || this.#isCitation || isCallAlone || (this.#standing <= LEAD && this.#after?.isMarked === true)
    )
  }
  /** "[1] Smith, 2020" */
  get #isCitation(): boolean {
    if (this.#after?.hasWords !== true || this.#standing !== LINE) return false
    return this.candidate.length < 8 && /^\[\s*\d{1,4}\s*\]$/.test(this.candidate.text)
  }
  get isCorrection(): boolean {
    return this.found.placing.isCorrection
  }

  /** Whether it counts when it is the only one: an example in a refusal isn't an answer. */
  get mayStandAlone(): boolean {
    const { isDelivered, isRefused } = this.found.placing
    if (this.isMarked) return isDelivered && !isRefused
    if (this.standing > LEAD || isDelivered) return true
    return !isRefused && this.#after?.isRefused !== true
  }

  /** Call it when the document is complete, or broken. */
  get evidence(): Evidence {
    const { standing, isMarked, candidate } = this
    const isBroken = candidate.failure !== null
    const isFit = !isBroken && candidate.fits
    if (isFit && candidate.isRead) this.#isEmpty ??= isEmpty(JSON.parse(this.canonical))
    const { isInCode, isAlternative } = this.found.placing
    const isLed = this.#standing > FRAGMENT
    return { standing, isLed, isInCode, isAlternative, isMarked, isFit, isBroken, isEmpty: this.#isEmpty === true }
  }

  /** What a later document, `rival`, does to this one. */
  weigh(rival: Contender): DocumentVerdict {
    if (this.#isSameAs(rival)) return KEPT
    return this.#isElementBefore(rival) ? SEVERAL : weigh(this.evidence, rival.evidence, rival.isCorrection)
  }

  /** It is an element of the list that is wanted, and so may the other one be: then the list has more than this. */
  #isElementBefore({ isMarked, standing, found, candidate }: Contender): boolean {
    const isElement = isOneElement(this.candidate)
    const mayBeElement = standing > FRAGMENT || found.placing.isAdjacent || isOneElement(candidate)
    return isElement && mayBeElement && !isMarked && candidate.failure === null && !this.isMarked
  }

  /** Both hold the same value, and the other one has nothing that speaks for it. */
  #isSameAs(other: Contender): boolean {
    const areFit = this.evidence.isFit && other.evidence.isFit
    return areFit && this.canonical === other.canonical && (other.isMarked || !this.isMarked)
  }

  /** The value as text that is the same for equal values. */
  get canonical(): string {
    return (this.#canonical ??= canonicalJson(this.candidate.raw()))
  }
}

function isOneElement({ isRows, isWrapped }: Candidate): boolean {
  return isRows || isWrapped
}

/** Returns a value as text that is the same for equal values. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, sorted)
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === '') return true
  return typeof value === 'object' && Object.values(value).every(isEmpty)
}
