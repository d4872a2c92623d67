import { cells, graphemes } from '../../src/cli/view/width.ts'

/** A small terminal: enough of ECMA-48 to see what a program's output looks like. It throws on what it does not know. */
export class Terminal {
  readonly isTTY = true
  readonly columns: number
  readonly rows: number
  /** Everything that was written. */
  raw = ''
  isCursorVisible = true
  #lines: string[][] = [[]]
  #row = 0
  #column = 0
  #listeners = new Set<() => void>()

  constructor(columns: number, rows: number) {
    this.columns = columns
    this.rows = rows
  }

  /** Lines without colors and trailing spaces; what scrolled out of sight included. */
  get lines(): string[] {
    return this.#lines.map((line) => line.join('').trimEnd())
  }

  get resizeListeners(): number {
    return this.#listeners.size
  }

  on(_event: 'resize', listener: () => void): void {
    this.#listeners.add(listener)
  }

  off(_event: 'resize', listener: () => void): void {
    this.#listeners.delete(listener)
  }

  write(text: string): void {
    this.raw += text
    for (const part of text.split(/(\x1b\[[?\d;]*[A-Za-z]|\n|\r)/)) this.#put(part)
  }

  #put(part: string): void {
    const control = /^\x1b\[(\??)(\d*)([A-Za-z])$/.exec(part)
    if (control) return this.#control(control[1] === '?', Number(control[2] || 1), control[2] ?? '', control[3]!)
    if (part === '\n') {
      this.#column = 0
      this.#row++
      this.#lines[this.#row] ??= []
    } else if (part === '\r') this.#column = 0
    else {
      if (/[\x00-\x1f\x7f-\x9f]/.test(part)) throw new Error(`stray control character in ${JSON.stringify(part)}`)
      for (const grapheme of graphemes(part)) {
        const width = cells(grapheme)
        if (this.#column + width > this.columns) throw new Error(`line too wide: ${this.lines[this.#row]}${grapheme}`)
        this.#lines[this.#row]![this.#column] = grapheme
        if (width === 2) this.#lines[this.#row]![this.#column + 1] = ''
        this.#column += width
      }
    }
  }

  #control(isPrivate: boolean, count: number, parameter: string, final: string): void {
    if (isPrivate) {
      if (parameter === '25') this.isCursorVisible = final === 'h'
      else if (parameter !== '2026') throw new Error(`unknown mode ${parameter}`)
      return
    }
    switch (final) {
      case 'A':
        if (count >= this.rows) throw new Error(`moved up ${count} lines: out of sight`)
        this.#row -= count
        break
      case 'B':
        this.#row += count
        break
      case 'K':
        this.#lines[this.#row] = []
        break
      case 'J':
        this.#lines.splice(this.#row)
        this.#lines[this.#row] = []
        break
      case 'm':
        break
      default:
        throw new Error(`unknown sequence ${final}`)
    }
  }
}
