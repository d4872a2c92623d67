import { cells, graphemes, widthOf } from './width.ts'

export type Style = 'plain' | 'dim' | 'bold' | 'green' | 'red' | 'cyan' | 'yellow'

/** A stretch of text in one style; without control characters. */
export interface Span {
  text: string
  style: Style
}

/** One line on the screen. */
export type StyledLine = Span[]

/** A span; `plain` when no style is given. */
export function span(text: string, style: Style = 'plain'): Span {
  return { text, style }
}

/** Cells that a line takes. */
export function lineWidth(line: StyledLine): number {
  return line.reduce((sum, { text }) => sum + widthOf(text), 0)
}

/**
 * Breaks a line so that no part is wider than `width`: after spaces where there are any, otherwise anywhere between
 * graphemes. Newlines break too. What follows the first part begins `indent` cells to the right.
 */
export function wrap(line: StyledLine, width: number, indent = 0): StyledLine[] {
  // On a very narrow screen, indentation would leave nothing for the text.
  const inset = indent < width / 2 ? indent : 0
  const lines: StyledLine[] = []
  let current: StyledLine = []
  let used = 0
  const next = (): void => {
    lines.push(current)
    current = inset > 0 ? [span(' '.repeat(inset))] : []
    used = inset
  }
  const put = (text: string, style: Style, size: number): void => {
    const last = current.at(-1)
    if (last?.style === style) last.text += text
    else current.push({ text, style })
    used += size
  }
  for (const { text, style } of line) {
    for (const word of text.replaceAll('\t', '  ').split(/(\n)|(?<= )/)) {
      if (word === undefined || word === '') continue
      if (word === '\n') {
        next()
        continue
      }
      const size = widthOf(word)
      const needed = widthOf(word.trimEnd())
      if (used + needed > width && used > inset) next()
      if (used + size <= width) put(word, style, size)
      else {
        for (const grapheme of graphemes(word)) {
          const one = cells(grapheme)
          if (used + one > width) {
            // A space at the end of a full line is not missed.
            if (grapheme === ' ') continue
            next()
          }
          put(grapheme, style, one)
        }
      }
    }
  }
  lines.push(current)
  return lines
}

/** Cuts a line to `width` cells, with an ellipsis. */
export function clip(line: StyledLine, width: number): StyledLine {
  if (lineWidth(line) <= width) return line
  const kept: StyledLine = []
  let left = width - 1
  for (const { text, style } of line) {
    const fitting: string[] = []
    for (const grapheme of graphemes(text)) {
      left -= cells(grapheme)
      if (left < 0) return [...kept, span(fitting.join(''), style), span('…', 'dim')]
      fitting.push(grapheme)
    }
    kept.push(span(text, style))
  }
  return kept
}

const codes: Record<Style, string> = {
  plain: '',
  dim: '\x1b[2m',
  bold: '\x1b[1m',
  green: '\x1b[32m',
  red: '\x1b[31m',
  cyan: '\x1b[36m',
  yellow: '\x1b[33m',
}

/** A line as a terminal takes it. */
export function paint(line: StyledLine, colors: boolean): string {
  return line.map(({ text, style }) => (colors && style !== 'plain' ? `${codes[style]}${text}\x1b[0m` : text)).join('')
}
