const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** What a reader sees as one character each. */
export function graphemes(text: string): string[] {
  // The segmenter is slow, and most text needs none.
  if (/^[\x20-\x7e]*$/.test(text)) return text.split('')
  return Array.from(segmenter.segment(text), (part) => part.segment)
}

/** Cells of a terminal that `text` takes. */
export function widthOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let width = 0
  for (const grapheme of graphemes(text)) width += cells(grapheme)
  return width
}

/** Cells of one grapheme: 2 for East Asian wide characters and images, 0 for lone marks. */
export function cells(grapheme: string): number {
  const point = grapheme.codePointAt(0) ?? 0
  if (point < 0x300) return 1
  if (grapheme.includes('\ufe0f') || /^\p{Emoji_Presentation}/u.test(grapheme)) return 2
  if (/^[\p{Mn}\p{Me}\p{Cf}]/u.test(grapheme)) return 0
  return wide.some(([first, last]) => point >= first && point <= last) ? 2 : 1
}

/** Unicode's East_Asian_Width W and F, in the blocks that text is written in. */
const wide: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x17000, 0x18cff],
  [0x1f200, 0x1f2ff],
  [0x20000, 0x3fffd],
]
