import type { StructStreamError } from '../../../errors.ts'
import { lastWords } from '../../../partial/resume/repeated-text.ts'
import type { Path } from '../../../path.ts'
import { pointerOf } from '../../../pointer.ts'
import type { Issue, Message } from '../../../types.ts'
import type { RequestedPart } from './parts-request.ts'
import type { PatchRequest, PatchTarget } from './patch-targets.ts'

// models/simulate/true-answer.ts reads the prompts for patches and rests; test/testing/truth.test.ts holds both together.

/** Issues that the model is shown; more would only hide the first ones. */
const MOST_ISSUES = 20
/** Characters of one issue's message. */
const LONGEST = 300

/** What the model said and the prompt that follows, in the order of the conversation. */
export function reply(said: string, prompt: string): Message[] {
  const user: Message = { role: 'user', content: prompt }
  // Providers refuse messages of the assistant without content.
  return said.trim() === '' ? [user] : [{ role: 'assistant', content: said }, user]
}

/** For a new attempt at the whole answer: what was wrong with the one before. */
export function restartPrompt(error: StructStreamError, issues: readonly Issue[]): string {
  const wrong = issues.length > 0 ? listOf(issues) : `- ${clip(error.message)}`
  return `Your previous answer was invalid:\n${wrong}\nReturn the complete corrected JSON document.`
}

/** For the invalid and missing places only. */
export function patchPrompt({ places }: PatchRequest): string {
  const lines = places.map((place) => {
    const wrong = place.issues.map(issueLine).join('; ')
    const hint = place.isOptional ? ' Leave the key out if there is no such value.' : ''
    return `- "${place.name}": ${placeName(place)}. What is wrong: ${wrong}.${hint}`
  })
  return `Keep your answer, except for these places, which are wrong or missing:\n${lines.join('\n')}\nReturn only what belongs there, as one JSON object with these keys.`
}

/** A value or the tail of a list, in prompts. */
export function placeName({ path, from }: PatchTarget): string {
  return from === null
    ? `The value at ${pathName(path)}`
    : `The elements of the list at ${pathName(path)} from index ${from} on`
}

/** For the missing parts of a document that was cut. */
export function recoverPrompt(asked: readonly RequestedPart[]): string {
  const lines = asked.map(({ name, words }) => `- "${name}": ${words}`)
  return `Your answer was cut off. Keep everything above. Return only the missing parts, as one JSON object with these keys:\n${lines.join('\n')}`
}

/** For the rest of a text that was cut. A few words are asked for again, so that the joint can be checked. */
export function continuePrompt(said: string): string {
  const last = lastWords(said)
  const how = last === '' ? 'Continue' : `Repeat its last words, ${JSON.stringify(last)}, then continue`
  return `Your answer was cut off. ${how} exactly where it stopped. Write nothing before that.`
}

/** One line for each issue: where, what was expected, what came. */
function listOf(issues: readonly Issue[]): string {
  const lines = issues.slice(0, MOST_ISSUES).map((issue) => `- At ${pathName(issue.path)}: ${issueLine(issue)}`)
  const more = issues.length - lines.length
  return more > 0 ? `${lines.join('\n')}\n- … and ${more} more issues` : lines.join('\n')
}

/** Path, expected and received, as far as the message does not say them itself. */
function issueLine({ message, expected, received }: Issue): string {
  const facts = [
    expected !== undefined && !message.includes(expected) ? `expected ${expected}` : '',
    received !== undefined && !message.includes(received) ? `received ${received}` : '',
  ].filter((fact) => fact !== '')
  return clip(facts.length === 0 ? message : `${message} (${facts.join(', ')})`)
}

/** A path in prompts: a JSON pointer, or "the root". */
export function pathName(path: Path): string {
  return pointerOf(path) || 'the root'
}

function clip(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}
