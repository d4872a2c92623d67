/*
 * Backslashes in a string where some escape nothing: LaTeX, paths of Windows, regular expressions. There the others may be
 * meant as they stand, too: `\(K_\beta\)`. JSON reads `\b` as a control character.
 */

/** Commands of LaTeX whose first letter makes an escape of JSON, and whose rest isn't a word. */
const COMMANDS = new Set(
  (
    'text textbf textit textrm texttt theta times tilde triangle therefore tfrac tanh ' +
    'nabla neq notin nonumber newline nearrow neg nless nmid'
  ).split(' '),
)
/** Commands whose rest may be a word: no one can tell. */
const UNCLEAR = new Set(['tan', 'tau', 'to', 'top', 'tag', 'nu', 'ne', 'ni', 'not'])
const LONGEST = 12
/** Control characters that were a backslash and a letter, as they read in a string. */
const MISREAD =
  /[\b\f\r][A-Za-z]|[A-Za-z]:\t[A-Za-z]|\t(?:ext|extbf|extit|extrm|exttt|heta|imes|ilde|riangle|herefore|frac|anh|an|au|op|ag)(?![A-Za-z])|\n(?:abla|eq|otin|onumber|ewline|u|ot)(?![A-Za-z])/

/** Whether a string, read as JSON has it, holds what was probably no control character. O(length). */
export function mayBeMisread(text: string): boolean {
  return MISREAD.test(text)
}

/** What the escape of one letter at `at` means in such a string: the control character, or a backslash. */
export function literalEscape(
  text: string,
  at: number,
  isWhole: boolean,
  isInPath: boolean,
): 'escape' | 'backslash' | 'waiting' | 'unreadable' {
  const letter = text[at + 1]!
  let end = at + 2
  while (end - at <= LONGEST && /[A-Za-z]/.test(text[end] ?? '')) end++
  if (end === text.length && !isWhole) return 'waiting'
  if (end === at + 2) return 'escape'
  if (letter !== 'n' && letter !== 't') return 'backslash'
  const command = text.slice(at + 1, end)
  if (isInPath || COMMANDS.has(command)) return 'backslash'
  return UNCLEAR.has(command) ? 'unreadable' : 'escape'
}

/** After a backslash: escapes of other languages. */
const FOREIGN = /^(?:x[0-9a-fA-F]{2}|U[0-9a-fA-F]{8}|u\{[0-9a-fA-F])/
const FOREIGN_BEGUN = /^(?:x[0-9a-fA-F]?|U[0-9a-fA-F]{0,7}|u\{?)$/

/** Whether what comes after a backslash is an escape elsewhere, so that no one can tell what it stands for: `\x41`. */
export function isForeignEscape(after: string, isWhole: boolean): boolean | 'waiting' {
  if (FOREIGN.test(after)) return true
  return FOREIGN_BEGUN.test(after) && !isWhole && 'waiting'
}
