import type { TextPiece, TextSink } from './log-state.ts'

/** Characters of one block: what is appended to is never longer, so the cost of a delta does not grow with the text. */
const BLOCK = 4_096

const LABELS = { reasoning: 'Reasoning', unread: 'Stopped here. What follows would not have been written:' } as const

/**
 * Writes the text of the attempts into an element, as text nodes only, with a cursor at its end. React has no part in
 * it: it would hand over the whole text for each delta.
 */
export class RawText implements TextSink {
  readonly #root: HTMLElement
  readonly #cursor: HTMLElement
  #attempt: HTMLElement | undefined
  #stretch: { type: 'text' | 'reasoning' | 'unread'; element: HTMLElement } | undefined
  #node: Text | undefined
  /** The reader has not scrolled away from the end. Known from scrolling: to ask for it would cost a layout. */
  #isAtEnd = true

  constructor(root: HTMLElement) {
    this.#root = root
    root.addEventListener('scroll', () => {
      this.#isAtEnd = root.scrollHeight - root.scrollTop - root.clientHeight < 32
    })
    this.#cursor = element('span', 'cursor')
    this.#cursor.ariaHidden = 'true'
  }

  clear(): void {
    this.#root.replaceChildren()
    this.#attempt = this.#stretch = this.#node = undefined
    this.#isAtEnd = true
  }

  push(pieces: readonly TextPiece[]): void {
    const root = this.#root
    for (const piece of pieces) {
      if (piece.type === 'attempt') this.#begin(piece.attempt)
      else this.#write(piece.type, piece.text)
    }
    ;(this.#stretch?.element.lastElementChild ?? this.#attempt ?? root).append(this.#cursor)
    // More than there is means the end.
    if (this.#isAtEnd) root.scrollTop = 1e9
  }

  end(): void {
    this.#cursor.remove()
  }

  #begin({ number, kind, model }: Extract<TextPiece, { type: 'attempt' }>['attempt']): void {
    this.#attempt = element('section', 'attempt')
    this.#stretch = this.#node = undefined
    if (number > 1) {
      const title = element('h3', 'attempt-title')
      title.textContent = `Call ${number} · ${kind} · ${model}`
      this.#attempt.append(title)
    }
    this.#root.append(this.#attempt)
  }

  #write(type: 'text' | 'reasoning' | 'unread', text: string): void {
    if (this.#stretch?.type !== type) {
      const stretch = element('div', type)
      if (type !== 'text') stretch.dataset['label'] = LABELS[type]
      ;(this.#attempt ?? this.#root).append(stretch)
      this.#stretch = { type, element: stretch }
      this.#node = undefined
    }
    if (this.#node === undefined || this.#node.length + text.length > BLOCK) this.#newBlock()
    this.#node!.appendData(text)
  }

  /** Blocks are separate lines, so one begins where there is a line or a word, if there is any. */
  #newBlock(): void {
    const old = this.#node
    const data = old?.data.slice(-BLOCK / 4) ?? ''
    const at = Math.max(data.lastIndexOf('\n'), data.lastIndexOf(' '), data.lastIndexOf(','))
    const rest = old === undefined || at < 0 ? '' : data.slice(at + 1)
    if (rest !== '') old!.deleteData(old!.length - rest.length, rest.length)
    this.#node = document.createTextNode(rest)
    const block = element('div', 'block')
    block.append(this.#node)
    this.#stretch!.element.append(block)
  }
}

function element(name: string, className: string): HTMLElement {
  const made = document.createElement(name)
  made.className = className
  return made
}
