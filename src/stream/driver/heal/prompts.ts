import type { StructStreamError } from '../../../errors.ts'
import type { Issue, Message, Path } from '../../../types.ts'

/** Issues told to the model; more would only hide the first ones. */
const MOST_ISSUES = 20
/** Characters of one issue's message. */
const LONGEST = 300

/** What the model said and what it is asked then, in the order of the conversation. */
export function reply(said: string, told: string): Message[] {
  const user: Message = { role: 'user', content: told }
  // Providers refuse messages of the assistant without content.
  return said.trim() === '' ? [user] : [{ role: 'assistant', content: said }, user]
}

/** For a new attempt at the whole answer: what was wrong with the one before. */
export function restartPrompt(error: StructStreamError, issues: readonly Issue[]): string {
  const wrong = issues.length > 0 ? listOf(issues) : `- ${clip(error.message)}`
  return `Your previous answer was invalid:\n${wrong}\nReturn the complete corrected JSON document.`
}

/** One line for each issue: where, what was expected, what came. */
function listOf(issues: readonly Issue[]): string {
  const lines = issues.slice(0, MOST_ISSUES).map((issue) => `- At ${pathName(issue.path)}: ${issueLine(issue)}`)
  const more = issues.length - lines.length
  return more > 0 ? `${lines.join('\n')}\n- … and ${more} more issues` : lines.join('\n')
}

/** Path, expected and received, as far as the message does not say them itself. */
export function issueLine({ message, expected, received }: Issue): string {
  const facts = [
    expected !== undefined && !message.includes(expected) ? `expected ${expected}` : '',
    received !== undefined && !message.includes(received) ? `received ${received}` : '',
  ].filter((fact) => fact !== '')
  return clip(facts.length === 0 ? message : `${message} (${facts.join(', ')})`)
}

/** A path in prompts: a JSON pointer, or "the root". */
export function pathName(path: Path): string {
  return path.length === 0 ? 'the root' : pointerOf(path)
}

/** A JSON pointer (RFC 6901). */
function pointerOf(path: Path): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

function clip(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}
