import type { FinishReason } from '../../types.ts'

/**
 * The words for each reason, over all providers, without case, spaces, `_` and `-`. The list of words that mean a whole
 * answer is closed: any word that is not here is `other`.
 */
const WORDS: { readonly [Reason in Exclude<FinishReason, 'other'>]: string } = {
  stop: 'stop stopsequence eos eostoken endturn complete completed',
  length: `length maxtokens maxoutputtokens maxcompletiontokens maxlength maxcontext maxcontextlength modellength
    tokenlimit contextlength contextlengthexceeded contextwindowexceeded modelcontextwindowexceeded`,
  'tool-calls': 'toolcalls toolcall tooluse functioncall functioncalls',
  'content-filter': `contentfilter contentfiltered contentfiltering safety recitation blocklist prohibitedcontent spii
    modelarmor imagesafety imagerecitation imageprohibitedcontent language sensitive guardrailintervened guardrail
    blocked moderation`,
  refusal: 'refusal refused',
  error: `error failed networkerror servererror internalerror insufficientsystemresource malformedfunctioncall
    malformedtoolcall malformedresponse unexpectedtoolcall toomanytoolcalls missingthoughtsignature noimage imageother
    abort aborted cancel cancelled canceled interrupted timeout`,
}

const REASONS = new Map<string, FinishReason>(
  Object.entries(WORDS).flatMap(([reason, words]) =>
    words.split(/\s+/).map((word) => [word, reason as FinishReason] as const),
  ),
)

/** The reason for a provider's word; `other` for one that is not known. */
export function finishReasonOf(word: string): FinishReason {
  return REASONS.get(word.toLowerCase().replaceAll(/[\s_-]/g, '')) ?? 'other'
}

/** Whether the answer may be a whole one with this word, so that what came has to be consistent. */
export function isWholeAnswer(word: string | undefined): boolean {
  const reason = word === undefined ? 'other' : finishReasonOf(word)
  return reason === 'stop' || reason === 'tool-calls' || reason === 'other'
}
