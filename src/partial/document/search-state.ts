import type { Found } from '../../json/find-document.ts'
import { FENCED } from '../../json/surroundings.ts'
import type { BrokenSpan } from './broken-span.ts'
import type { Contender } from './contender.ts'

/** Where the reading is. `answer` is the document that counts so far, `rival` a later one. */
export type SearchState =
  /** No document has begun, or only in what turned out to be a thought. */
  | { is: 'searching' }
  /** The first document is open, or the next element of a list that comes as its elements. */
  | { is: 'reading'; answer: Contender }
  /** The answer is complete, and text after it is searched. `rival` is complete too, and waits for the rest of its line. */
  | { is: 'settled'; answer: Contender; rival: Contender | null }
  /** The answer is a string, number or literal, and nothing may follow it. */
  | { is: 'scalar'; answer: Contender }
  /** A later document is open. */
  | { is: 'comparing'; answer: Contender; rival: Contender }
  /** A document that isn't JSON is passed over: none of its pieces is another. */
  | { is: 'passing'; answer: Contender; span: BrokenSpan }
  /** Nothing that follows can be distinguished from its pieces: only the end of a thought counts. */
  | { is: 'sealed'; answer: Contender }
  /** Nothing that follows matters. */
  | { is: 'over'; answer: Contender | null }

/** Read strictly, the document is the whole text. */
export const WHOLE_TEXT: Found = {
  kind: 'document',
  start: 0,
  text: '',
  before: null,
  skipped: '',
  placing: {
    standing: FENCED,
    isAdjacent: false,
    isAlternative: false,
    isAfterBrackets: false,
    isMarked: false,
    isDelivered: false,
    isCorrection: false,
    isRefused: false,
    isCall: false,
    isInCode: false,
  },
  isScalar: false,
  isFirst: true,
}
