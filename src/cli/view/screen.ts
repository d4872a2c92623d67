import type { Console, Output } from '../console.ts'
import { hasColors } from '../console.ts'
import type { StyledLine } from './spans.ts'
import { clip, paint } from './spans.ts'

const hideCursor = '\x1b[?25l'
const showCursor = '\x1b[?25h'
/** Terminals that know it show everything between the two at once; others ignore it. */
const beginFrame = '\x1b[?2026h'
const endFrame = '\x1b[?2026l'

/**
 * A stretch of lines at the bottom of a terminal that is drawn over and over: only lines that changed are written.
 * The caller that makes one calls `close()` on every way out; if the process ends first, the cursor comes back all the same.
 */
export class Screen implements Disposable {
  readonly #output: Output
  readonly #colors: boolean
  readonly #restore = (): void => void this.#output.write(showCursor)
  readonly #onResize = (): void => this.#start()
  #lines: string[] = []
  #isOpen = true

  constructor(console: Console) {
    this.#output = console.stdout
    this.#colors = hasColors(console)
    this.#output.write(hideCursor)
    this.#output.on?.('resize', this.#onResize)
    process.once('exit', this.#restore)
  }

  /** Cells. The last column stays free: writing there wraps on some terminals. */
  get width(): number {
    return Math.max(10, (this.#output.columns || 80) - 1)
  }

  /** Lines that can be drawn over. */
  get height(): number {
    return Math.max(3, (this.#output.rows || 24) - 1)
  }

  /** Draws `lines` in place of what was drawn before; no more than `height` of them, each no wider than `width`. */
  draw(lines: StyledLine[]): void {
    if (!this.#isOpen) return
    const next = lines.slice(0, this.height).map((line) => paint(clip(line, this.width), this.#colors))
    const before = this.#lines
    let text = ''
    let at = before.length
    for (const [index, line] of next.entries()) {
      if (line === before[index]) continue
      text += `${moved(at, index)}\x1b[2K${line}\n`
      at = index + 1
    }
    if (before.length > next.length) {
      text += `${moved(at, next.length)}\x1b[J`
      at = next.length
    }
    text += moved(at, next.length)
    if (text !== '') this.#output.write(`${beginFrame}${text}${endFrame}`)
    this.#lines = next
  }

  /** Clears what was drawn and gives the terminal back. */
  close(): void {
    if (!this.#isOpen) return
    this.draw([])
    this.#isOpen = false
    this.#output.off?.('resize', this.#onResize)
    process.off('exit', this.#restore)
    this.#restore()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /** After a change of size no one knows where the lines are: begin on an empty screen. */
  #start(): void {
    this.#lines = []
    this.#output.write('\x1b[2J\x1b[H')
  }
}

/** From the beginning of line `from` to the beginning of line `to`. */
function moved(from: number, to: number): string {
  if (to < from) return `\x1b[${from - to}A\r`
  return to > from ? `\x1b[${to - from}B\r` : ''
}
