/** A value on a line, the text before it, and its offset. */
interface ScalarLine {
  text: string
  gap: string
  at: number
}

const VALUE = /"(?:[^"\\\n]|\\.)*"|[^\s,"]+/g

/** Returns the values of a text that holds one on each line; none, if it is another text. */
export function scalarLines(whole: string): ScalarLine[] {
  if (whole[0] === '(' || !whole.includes('\n')) return []
  let end = 0
  return [...whole.matchAll(VALUE)].map(({ 0: text, index: at }) => {
    const gap = whole.slice(end, at)
    end = at + text.length
    return { text, gap, at }
  })
}
