/**
 * The words by which a text says what the document after them is. Only words that leave little doubt count: without
 * them, two different documents are an issue, and no choice is made.
 */

const ANSWER =
  /\b(?:the|my|your|final|corrected|correct|actual|real) (?:final |correct |actual |full |json )*(?:answer|result|output|response|json|object|list)\b/gi
const EXAMPLE =
  /\b(?:(?<![./@-])examples?(?![.\w-])|for instance|e\.? ?g\b|such as|something like\s*:?$|(?:would|could|might|should|will|to) look\b|looks like|hypothetical(?:ly)?|imagine|suppose|illustrat\w+|beispiel\w*|z\. ?b\b|exemple|ejemplo|esempio|(?:please|must|should)\b[^.!?]{0,60}\b(?:format|form|shape|structure)\b)|例/gi
const DRAFT =
  /\b(?:drafts?|(?:rough|tentative|preliminary|scratch) (?:draft|version|cut|work|idea|answer)|scratch(?:pad)?\s*:?$|(?:first|initial) (?:try|attempt|pass|version|guess|idea|thought)|(?:my|one) attempt|(?:let me|let's|let us) (?:try(?! again)|think|see|start)|entwurf|brouillon|borrador)\b/gi
/** The document before is not the model's: it was given, or it is wrong. */
const GIVEN =
  /(?:\b(?:template|placeholder|samples?|usage|skeleton|input|given|original|old|before|previous|previously|wrong|incorrect|invalid|bad|broken|json schema|schema|instead of|rather than|not|n't|sources?|references?|citations?|footnotes?|cf\.?)|(?:^|[.;(]\s*)see(?: also)?)(?: (?:json|object|list|value|data|answer|result|output|response|document|version))?["'*_)\s]*:?[\s*_"'(`]*$/gi
const DELIVERED =
  /\b(?:here(?:'s|’s| is| are| you| it)|below (?:is|are)|as (?:you )?(?:requested|asked|wished)|voilà)\b|\b(?:is|are)\s*$/i

const CORRECTION =
  /(?:^|[.!?;,…—–\n-]\s*|\b(?:hm+|oh|no|ah|but|and)\b[,.…]*\s*)wait\b(?=\s*(?:[,.!:;…—–-]|$|no\b))|\b(?:corrections?|corrected|correcting|(?<!\{)oops|scratch that|strike that|never ?mind|on second thoughts?|i (?:made|see) (?:a|an|my) (?:mistake|error|typo|slip)|my mistake|my bad|(?:that|this|which)(?: (?:is|was)|['’]s) (?:wrong|not right|incorrect|not correct|mistaken)|(?:let me|i(?:'|’)ll|i will) (?:fix|correct|revise|redo|rewrite|try again)|sorry, (?:that|it) (?:is|was)\b)/i
const BETTER =
  /\b(?:better|instead|fixed|revised|updated|improved|final|finally|correct|actually|rather|the (?:real|actual|true|final) (?:answer|one|result|output)|polished|cleaned[- ]up)\b/i

const REFUSAL =
  /\b(?:(?:i|we)(?:['’](?:m|re)| am| are)? (?:really |just |also |currently |still )?(?:(?:ca|wo)n['’]?t|cannot|can not|unable to|not (?:able|allowed|permitted) to|(?:must|have to) (?:decline|refuse)|decline|refuse|(?:do)n['’]?t (?:have|know)|do not (?:have|know)|need more)|need more (?:information|details|context)|no (?:information|access|data) (?:on|about|to)|isn['’]?t (?:possible|enough)|is not (?:possible|enough)|could you (?:please )?(?:tell|give|provide|clarify|specify|share)|please (?:tell|provide|clarify|specify|share))\b/i

/** After a document, on its line: it was meant as an example. */
const EXAMPLE_AFTER =
  /^[\s,;()*_`"']*(?:for (?:example|instance)|e\.? ?g\b|(?:is|was|would be|might be|could be|as) (?:just |only )?(?:an?|one|the) (?:example|draft|sample|template|placeholder)|would (?:be|look|not|work|also)|or (?:similar|something)|and so on|etc\b)/i
/** The sentence that holds the document ends as a question. */
const QUESTION_AFTER = /^[^.!?\n{}[\]]*\?/

/** What the words before a document say of it. */
export interface Introduction {
  /** It is a draft, an example, or someone else's: no answer, unless `isDelivered` and no other document comes. */
  isMarked: boolean
  /** The words hand it over: "Here is …". */
  isDelivered: boolean
  /** The words take back what came before. */
  isCorrection: boolean
  /** The model has said that it can't answer, or has asked for something. */
  isRefused: boolean
}

/**
 * @param words the last sentence before the document
 * @param isCorrected whether a line since the document before it takes that back; null: there is none before
 * @param isRefused whether a line says that there is no answer
 */
export function introductionOf(words: string, isCorrected: boolean | null, isRefused: boolean): Introduction {
  const answer = lastMatch(ANSWER, words)
  const marks = Math.max(lastMatch(EXAMPLE, words), lastMatch(DRAFT, words), lastMatch(GIVEN, words))
  const isMarked = marks > answer
  const isCorrection = isCorrected !== null && (isCorrected || BETTER.test(words))
  // "Better, for example: {" says both, and so neither.
  const isClear = !(isMarked && isCorrection)
  return {
    isMarked: isMarked && isClear,
    isDelivered: answer >= 0 || DELIVERED.test(words),
    isCorrection: isCorrection && isClear,
    isRefused,
  }
}

/** Whether a line takes back the document before it. */
export function corrects(line: string): boolean {
  return CORRECTION.test(line)
}

/** Whether a line says that there is no answer. */
export function refuses(line: string): boolean {
  return REFUSAL.test(line)
}

/** Whether the rest of a document's line says that it was an example, or asks. */
export function marksAfter(tail: string): boolean {
  return EXAMPLE_AFTER.test(tail) || QUESTION_AFTER.test(tail)
}

/** Where the last match begins; -1: there is none. */
function lastMatch(words: RegExp, text: string): number {
  let at = -1
  if (text !== '') for (const match of text.matchAll(words)) at = match.index
  return at
}
