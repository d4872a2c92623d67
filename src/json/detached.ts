/** V8 keeps a part of a text as a view of it from 13 characters on, and so all of the text. */
const SHORTEST_VIEW = 13

/**
 * The same text, which keeps no other alive: for what is kept longer than the text that it was cut out of. O(length), or
 * O(`most`) where it is cut off after this many characters.
 */
export function detached(text: string, most = Number.POSITIVE_INFINITY): string {
  const part = text.length > most ? text.slice(0, most) : text
  if (part.length < SHORTEST_VIEW) return part
  // Joining makes its own text, and reading a character of it puts the pieces together; the view is of that.
  return ` ${part}`.slice(1)
}
