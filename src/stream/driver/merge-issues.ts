import { isSamePath, type Path } from '../../path.ts'
import type { Issue } from '../../types.ts'

/**
 * Returns what was reported early, and of what the final validation found whatever is new. Where both speak alike
 * (`isAlike`), an issue is known by its code and path. Otherwise the final validation has other words, and a place
 * that was reported early is known, whatever is said of it.
 */
export function mergeIssues(early: readonly Issue[], final: readonly Issue[], isAlike: boolean): Issue[] {
  const isKnown = isAlike ? isSameIssue : isSamePlace
  const merged = [...early]
  for (const issue of final) {
    const begun = merged.findIndex(
      (known) => isBegunNumber(known) && isBound(issue) && isSamePath(known.path, issue.path),
    )
    if (begun >= 0) {
      // The whole number is known now, so what is wrong with it can be said better.
      const { position } = merged[begun]!
      merged[begun] = { ...issue, ...(position !== undefined && { position }) }
      continue
    }
    if (!early.some((known) => isKnown(known, issue)) && (isAlike || !merged.some((known) => isPart(known, issue)))) {
      merged.push(issue)
    }
  }
  return merged
}

function isBound({ code }: Issue): boolean {
  return code === 'too_big' || code === 'too_small'
}

/** A number that was out of bounds by its first digits, whichever bound it would have passed. */
function isBegunNumber(issue: Issue): boolean {
  return isBound(issue) && issue.received !== undefined && /^-?[\d.]+…$/.test(issue.received)
}

function isSameIssue(a: Issue, b: Issue): boolean {
  return a.code === b.code && isSamePath(a.path, b.path)
}

function isSamePlace(known: Issue, issue: Issue): boolean {
  return isSameIssue(known, issue) || isSamePath(placeOf(known), placeOf(issue)) || isPart(issue, known)
}

/** A key that is too much is reported for its object. */
function placeOf({ path, code, received }: Issue): Path {
  return code === 'unrecognized_keys' && received !== undefined ? [...path, received] : path
}

/** Keywords of JSON Schema that are about an object, and name the key that they mean. */
const NAMES_KEY: ReadonlySet<string> = new Set(['required', 'additionalProperties', 'unevaluatedProperties'])

/** Whether `whole` says of an object what `part` says of one of its keys. */
function isPart(whole: Issue, part: Issue): boolean {
  const place = placeOf(part)
  const key = place.at(-1)
  if (!NAMES_KEY.has(whole.code) || key === undefined || !isSamePath(whole.path, place.slice(0, -1))) return false
  return whole.message.includes(JSON.stringify(String(key)))
}
