import type { ManyOutcome, ManyProgress } from '../../many/types.ts'
import type { Output } from '../console.ts'
import { plain } from './sanitize.ts'
import { graphemes } from './width.ts'

/** Shows how far a batch is: a bar that is drawn again in a terminal, a line per item in a pipe or file. */
export class BatchView {
  readonly #output: Output
  readonly #isLive: boolean
  #drawn = ''

  constructor(output: Output, isLive: boolean) {
    this.#output = output
    this.#isLive = isLive
  }

  /** An item has ended. */
  item(outcome: ManyOutcome<{ key: string }, unknown>, progress: ManyProgress): void {
    const { ok, fromCheckpoint, item } = outcome
    if (!this.#isLive) {
      const how = ok ? (fromCheckpoint === true ? 'kept' : 'done') : 'failed'
      this.#output.write(`${how} ${oneLine(item.key, 60)}${ok ? '' : ` ${reason(outcome)}`}\n`)
      return
    }
    if (!ok) this.#line(`failed ${oneLine(item.key, 30)} ${reason(outcome)}`)
    this.progress(progress)
  }

  /** The figures have changed. */
  progress(progress: ManyProgress): void {
    if (!this.#isLive) return
    const text = barOf(progress, (this.#output.columns ?? 80) - 1)
    if (text === this.#drawn) return
    this.#output.write(`\r\x1b[K${text}`)
    this.#drawn = text
  }

  /** Takes the bar away. */
  end(): void {
    if (this.#drawn !== '') this.#output.write('\r\x1b[K')
    this.#drawn = ''
  }

  #line(text: string): void {
    this.#output.write(
      `\r\x1b[K${graphemes(text)
        .slice(0, (this.#output.columns ?? 80) - 1)
        .join('')}\n`,
    )
    this.#drawn = ''
  }
}

/** The bar in at most `width` cells. */
function barOf({ done, failed, running, total, usage }: ManyProgress, width: number): string {
  const ended = done + failed
  const figures = [
    `${ended}${total === undefined ? '' : `/${total}`}`,
    `${failed} failed`,
    `${running} running`,
    ...(usage.totalTokens === undefined ? [] : [`${usage.totalTokens} tokens`]),
  ].join(' · ')
  const room = Math.min(30, width - figures.length - 3)
  if (total === undefined || room < 5) return figures.slice(0, width)
  const filled = total === 0 ? room : Math.round((room * ended) / total)
  return `[${'#'.repeat(filled)}${'-'.repeat(room - filled)}] ${figures}`
}

function reason(outcome: ManyOutcome<unknown, unknown> & { ok: false }): string {
  return oneLine(`${outcome.error.code}: ${outcome.error.message}`, 200)
}

function oneLine(text: string, most: number): string {
  const line = plain(text).replace(/\s+/g, ' ')
  return line.length > most ? `${line.slice(0, most - 1)}…` : line
}
