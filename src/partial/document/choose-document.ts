import { FENCED, FRAGMENT, LEAD, LINE, type Standing } from '../../json/surroundings.ts'

/** What is known of a document that may be the answer. */
export interface Evidence {
  standing: Standing
  /** A colon or more leads to it, whatever comes after it on its line. */
  isLed: boolean
  /** It is in inline code. */
  isInCode: boolean
  /** Only a word such as "or", or an arrow, is between it and the document before. */
  isAlternative: boolean
  /** Introduced as a draft, an example or someone else's. */
  isMarked: boolean
  /** It fits the schema, as far as that can be known; a broken one doesn't. */
  isFit: boolean
  /** It isn't JSON from some place on. */
  isBroken: boolean
  /** It holds nothing: no value but empty strings, `null`, `{}` and `[]`. */
  isEmpty: boolean
}

/** What a later document does to the one before. */
export type DocumentVerdict =
  /** It changes nothing. */
  | { is: 'kept' }
  /** It is the answer instead; `reason` is for people. */
  | { is: 'replaced'; reason: string }
  /** Which of the two is meant can't be known. */
  | { is: 'several' }

/** Nothing changes. */
export const KEPT: DocumentVerdict = { is: 'kept' }
/** There is no choice. */
export const SEVERAL: DocumentVerdict = { is: 'several' }
const replaced = (reason: string): DocumentVerdict => ({ is: 'replaced', reason })

/**
 * Weighs a complete document against a later complete one that differs from it. That the later one fits the schema
 * proves little, so without evidence against the earlier one nothing is replaced; two equals are an issue.
 *
 * @param isCorrection the text between takes the earlier one back
 */
export function weigh(earlier: Evidence, later: Evidence, isCorrection: boolean): DocumentVerdict {
  if (later.isMarked) return KEPT
  const isAsProminent = rank(later) >= rank(earlier)
  if (earlier.isBroken) {
    const isStronger = later.standing > earlier.standing && earlier.standing <= LEAD
    return later.isFit && isStronger ? replaced('The earlier document is not JSON.') : KEPT
  }
  if (!later.isFit) {
    // The model's last word counts, even if it is wrong.
    if (later.standing === FRAGMENT) return KEPT
    if (isCorrection) return replaced(CORRECTED)
    return earlier.isMarked ? replaced(MARKED) : KEPT
  }
  if (!earlier.isFit) {
    return later.standing > FRAGMENT && (isAsProminent || isCorrection) && (!later.isEmpty || earlier.isEmpty)
      ? replaced('The earlier document does not fit the schema.')
      : KEPT
  }
  const isEqual = later.isAlternative && (!later.isEmpty || earlier.isEmpty)
  if (later.standing === FRAGMENT) {
    // What is quoted as code isn't a second answer.
    if (later.isInCode && earlier.isLed && !earlier.isMarked && !isCorrection) return KEPT
    const isDoubtful = isCorrection || isEqual || earlier.isMarked || earlier.standing === FRAGMENT
    return isDoubtful ? SEVERAL : KEPT
  }
  if (later.isEmpty && !earlier.isEmpty) return isCorrection || isAsProminent ? SEVERAL : KEPT
  if (earlier.isMarked) return replaced(MARKED)
  if (isCorrection) {
    // After "better:" a line's end counts as much as its start, but not as much as a fence.
    return isAsProminent || earlier.standing < FENCED ? replaced(CORRECTED) : SEVERAL
  }
  if (earlier.standing === FRAGMENT && later.standing >= LINE) {
    return replaced('The earlier document is part of a sentence.')
  }
  return isAsProminent || isEqual ? SEVERAL : KEPT
}

/** A fence and the start of a line are equally prominent. */
function rank({ standing }: Evidence): number {
  return Math.min(standing, LINE)
}

const MARKED = 'The earlier document was introduced as a draft or an example.'
const CORRECTED = 'The text after the earlier document takes it back.'

/**
 * Whether the text is over in the middle of a later document that would have counted. Then the answer was cut, or is
 * no JSON.
 */
export function isCutBy(earlier: Evidence, later: Evidence, isCorrection: boolean): boolean {
  if (later.isMarked) return false
  if (earlier.isBroken) return later.standing > earlier.standing && earlier.standing <= LEAD
  if (isCorrection || earlier.isMarked || !earlier.isFit) return true
  return later.standing > FRAGMENT && rank(later) >= rank(earlier)
}
