import { corrects, introductionOf, marksAfter, refuses, type Introduction } from './introduction.ts'

/** In a line of prose, in inline code, or in the middle of a program. */
export const FRAGMENT = 0
/** After a colon or the like, on a line of prose. */
export const LEAD = 1
/** At the start of a line. */
export const LINE = 2
/** The first thing in a code fence. */
export const FENCED = 3
/** How prominently a document is placed, as a number that compares. */
export type Standing = typeof FRAGMENT | typeof LEAD | typeof LINE | typeof FENCED

/** Where a document is in the text around it, and what that says of it. */
export interface Placing extends Introduction {
  standing: Standing
  /** Only white space, a comma or a list's marker is between it and the document before. */
  isAdjacent: boolean
  /** Only a word or a sign that puts the two side by side is between them: `or`, `->`. */
  isAlternative: boolean
  /** Only closing brackets, which were too many for the document before, are between the two. */
  isAfterBrackets: boolean
  /** Nothing is before it but the name of a function and its parenthesis. */
  isCall: boolean
  /** In inline code. */
  isInCode: boolean
}

/** Stands for a document in a line. */
const DOCUMENT = '\uFFFC'
/** Characters of a line and of a fence that are looked at. */
const LONGEST = 160
const LONGEST_TAIL = 160
/** Characters of a line that has only markers so far, and of a gap between documents. */
const LONGEST_MARKER = 40

const RUN = /`{3,}|~{3,}/g
const BLANK_PREFIX = /^\s*(?:>\s*)*(?:(?:[-*+•]|\d{1,3}[.)])\s+)?(?:<[\w:-]+>\s*)*(?:\*\*|__)?$/
const MARKER_PREFIX = /^\uFFFC?\s*(?:>\s*)*(?:[-*+•]|\d{1,3}[.)])\s+$/
const LABEL_PREFIX = /^\s*(?:json|output|answer|result|response)\s*$/i
const LEAD_PREFIX = /(?:[:：=→]|->|=>)[\s*_"'(]*$/
const FENCE_START = /^\s*(?:(?:\/\/|#|--)[^\n]*\n\s*)*(?:json[5lc]?\s*)?$/i
const DATA_LANGUAGE = /^(?:json[5lc]?|ndjson|text|txt|markdown|md|plain\w*|xml|html|yaml|)$/i
/** Fences and tags. */
const MARKS = /(?:`{3,}|~{3,})[\w+#.-]*|<\/?[\w:-]+>/g
/** All of the text is a call: `callback({…})`. */
const ONLY_CALL = /^\s*(?:\/\*.*?\*\/\s*)*[A-Za-z_$][\w$.]* ?\(\s*$/
const AFTER_BRACKETS = /^\s*[}\])][\s}\]),;]*$/
const ALTERNATIVE =
  /^\s*(?:(?:and|and\/or|or|or else|or rather|versus|vs\.?|then|alternatively|becomes?|turns into|changes to),?|[-=~]*>|[→⇒⟶]|\|\|?|&&?|\/)\s*$/i
const ADJACENT = /^\s*[,;]?\s*(?:(?:[-*+•]|\d{1,3}[.)])\s+)?$/
const CONTINUATION =
  /^\s*(?:,\s*(?:"(?:[^"\\\n]|\\.)*"|-?\d[\d.]*|true|false|null)\s*[,\]}:"]|"(?:[^"\\\n]|\\.)*"\s*(?:[\]}]|:\s*["\d[{tfn-])|,\s*[\w$]+\s*:[^\n{}]*\})/
/** A member of an object whose braces are missing, and the key of the next one. */
const MEMBER_LINE = /^\s*["']?[a-z_]\w*["']?\s*[:=]\s*["'\d]/
const KEY_PREFIX = /^\s*["']?[a-z_]\w*["']?\s*[:=]?\s*$/
/** Arguments of a call. */
const CALL = /[\w$]\((?:[^()]*,)?\s*$/
const SENTENCE = /(?<=[.!?…])(?<!\b(?:e\.? ?g|i\.? ?e|z\. ?b|cf|vs)\.)\s+(?=\S)/i
const HEADING = /^\s{0,3}#{1,6}\s+(.*)$/
const WORD_AFTER = /^[^\S\n]*[`*_"')\]}>.,;:!?]*[^\S\n]*[^\s`*_"')\]}>.,;:!?]/

interface Fence {
  mark: string
  length: number
  language: string
  /** What introduces it. */
  words: string
  /** What is in it so far; cut when it is long. */
  content: string
}

/** Keeps what has to be known of the text around documents: lines, fences, words. O(new characters). */
export class Surroundings {
  /** The line that is open; documents in it are one character. */
  #line = ''
  /** Characters of the line in which fences were looked for. */
  #scanned = 0
  /** The last line that isn't blank, since the last document. */
  #lastLine = ''
  #heading = ''
  #fence: Fence | null = null
  /** Text since the last document; null: too long to be nothing. */
  #since: string | null = null
  #hasDocument = false
  #isCorrected = false
  /** Brackets that were opened in this paragraph and not closed: what is inside them is a piece of something. */
  #openBrackets = 0
  #isRefused = false
  #tail = ''
  #isTailOver = true
  /** What comes after the last document, cut. */
  #next = ''

  /** Takes text in which no document is. */
  read(text: string): void {
    if (!this.#isTailOver) this.#readTail(text)
    if (this.#next.length < LONGEST_TAIL) this.#next += text.slice(0, LONGEST_TAIL)
    this.#countBrackets(text)
    if (this.#since !== null) {
      this.#since += text
      if (this.#since.length > LONGEST_TAIL) this.#since = null
    }
    let from = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      this.#add(text.slice(from, end))
      this.#endLine()
      from = end + 1
    }
    this.#add(text.slice(from))
  }

  /** A document stands here. */
  pass(): void {
    this.#scan()
    this.#line = DOCUMENT
    this.#scanned = 1
    this.#lastLine = ''
    if (this.#fence !== null) this.#fence.content = DOCUMENT
    this.#since = this.#next = ''
    this.#hasDocument = true
    this.#isCorrected = false
    this.#tail = ''
    this.#isTailOver = false
  }

  /** What was read so far was a thought. */
  forget(): void {
    this.#line = this.#lastLine = this.#heading = ''
    this.#scanned = 0
    this.#fence = null
    this.#since = null
    this.#isCorrected = this.#isRefused = this.#hasDocument = false
    this.#openBrackets = 0
    this.#isTailOver = true
  }

  /** The rest of the last document's line, as far as it matters. */
  get tail(): string {
    return this.#tail
  }
  /** Nothing more of the tail matters. */
  get isTailOver(): boolean {
    return this.#isTailOver
  }
  /** Words come after the document on its line. */
  get hasWordsAfter(): boolean {
    return WORD_AFTER.test(this.#tail)
  }
  get isMarkedAfter(): boolean {
    return marksAfter(this.#tail)
  }
  get isRefusedAfter(): boolean {
    return refuses(this.#tail)
  }
  /** The document continues after its closing bracket: `{"a": 1}, "b": 2}`. */
  get isContinued(): boolean {
    return CONTINUATION.test(this.#next)
  }
  /** The text is inside a fence in which nothing has come yet, or only white space. */
  get isAtFenceStart(): boolean {
    this.#scan()
    return this.#fence !== null && FENCE_START.test(this.#fence.content + this.#line.slice(this.#fenceLine))
  }

  /** A document has come, other than in a thought. */
  get hasDocument(): boolean {
    return this.#hasDocument
  }

  /** Only a list's marker is before it on its line. */
  get isAfterMarker(): boolean {
    return this.#line.length <= LONGEST_MARKER && MARKER_PREFIX.test(this.#line)
  }

  get isInFence(): boolean {
    this.#scan()
    return this.#fence !== null
  }
  /** How prominently a document would be placed here. */
  get standing(): Standing {
    this.#scan()
    const fence = this.#fence
    return fence === null ? standingIn(this.#line) : standingInFence(fence, this.#line.slice(this.#fenceLine))
  }
  /** Only white space, a comma or a list's marker is between this place and the document before. */
  get isAdjacent(): boolean {
    return this.#since !== null && ADJACENT.test(this.#since.replace(MARKS, ''))
  }
  get isAfterBrackets(): boolean {
    return this.#since !== null && AFTER_BRACKETS.test(this.#since)
  }
  /** Nothing is before this place but the name of a function and its parenthesis. */
  get isCall(): boolean {
    const isFirst = this.#lastLine === '' && this.#fence === null && !this.#hasDocument
    return isFirst && this.#line.length <= 2 * LONGEST_MARKER && ONLY_CALL.test(this.#line)
  }
  /** Inside parentheses. */
  get isAside(): boolean {
    return this.#line.lastIndexOf('(') > this.#line.lastIndexOf(')')
  }

  /** What a document that begins here is. */
  get placing(): Placing {
    const { standing, isAdjacent, isAfterBrackets, isCall } = this
    const isAlternative = this.#since !== null && ALTERNATIVE.test(this.#since)
    const line = this.#line
    const fence = this.#fence
    const inside = fence === null ? line : line.slice(this.#fenceLine)
    const words = standing === FENCED ? fence!.words : wordsBefore(inside, this.#lastLine)
    const isCorrected = this.#hasDocument ? this.#isCorrected || corrects(line) : null
    const isRefused = this.#isRefused || refuses(line)
    const introduction = introductionOf(words, isCorrected, isRefused)
    const isUnderExample = standing >= LINE && introductionOf(this.#heading, null, false).isMarked
    const isMarked =
      introduction.isMarked ||
      isUnderExample ||
      this.#openBrackets > 0 ||
      (MEMBER_LINE.test(this.#lastLine) && KEY_PREFIX.test(line)) ||
      (standing === FRAGMENT && !isCall && CALL.test(inside.slice(-LONGEST_MARKER)))
    const isInline = fence === null && isInCode(line)
    return {
      ...introduction,
      isMarked,
      standing,
      isAdjacent,
      isAlternative,
      isAfterBrackets,
      isCall,
      isInCode: isInline,
    }
  }

  /** Where what is inside the fence begins in the open line. */
  #fenceLine = 0

  #add(text: string): void {
    this.#line += text
    if (this.#line.length <= 2 * LONGEST) return
    this.#scan()
    const cut = this.#line.length - LONGEST
    // That the line isn't blank stays visible.
    this.#isCorrected ||= corrects(this.#line)
    this.#isRefused ||= refuses(this.#line)
    this.#line = `…${this.#line.slice(cut)}`
    this.#scanned = this.#line.length
    this.#fenceLine = Math.max(0, this.#fenceLine - cut)
  }

  #endLine(): void {
    this.#scan()
    const line = this.#line
    if (this.#fence !== null) {
      const { content } = this.#fence
      if (content.length < LONGEST) this.#fence.content = `${content}${line.slice(this.#fenceLine)}\n`
    } else {
      const heading = HEADING.exec(line)
      if (heading !== null) this.#heading = heading[1]!
    }
    if (line === '') this.#openBrackets = 0
    if (/\S/.test(line) && !/^\s*(?:`{3,}|~{3,})/.test(line)) this.#lastLine = line.slice(-LONGEST)
    this.#isCorrected ||= corrects(line)
    this.#isRefused ||= refuses(line)
    this.#line = ''
    this.#scanned = 0
    this.#fenceLine = 0
  }

  #countBrackets(text: string): void {
    for (const [bracket] of text.matchAll(/[{}[\]]/g)) {
      this.#openBrackets = Math.max(0, this.#openBrackets + (bracket === '{' || bracket === '[' ? 1 : -1))
    }
  }

  #readTail(text: string): void {
    const end = text.indexOf('\n')
    this.#tail += end < 0 ? text : text.slice(0, end)
    this.#isTailOver = end >= 0 || this.#tail.length > LONGEST_TAIL
  }

  /** Opens and closes fences in what is new of the line. */
  #scan(): void {
    const line = this.#line
    if (this.#scanned === line.length) return
    const from = this.#scanned
    this.#scanned = line.length
    for (const run of line.slice(from).matchAll(RUN)) this.#fenceAt(run[0], from + run.index)
  }

  #fenceAt(run: string, at: number): void {
    const before = this.#line.slice(0, at)
    const mark = run[0]!
    if (mark === '~' && before.trim() !== '') return
    const after = this.#line.slice(at + run.length)
    const language = /^[ \t]*([\w+#.-]*)/.exec(after)![1]!
    const fence = this.#fence
    const isClosing = fence !== null && fence.mark === mark && run.length >= fence.length && !/^[\w]/.test(after)
    if (isClosing) {
      this.#fence = null
      return
    }
    if (fence !== null && (fence.mark !== mark || run.length < fence.length || language === '')) return
    this.#fence = { mark, length: run.length, language, words: wordsBefore(before, this.#lastLine), content: '' }
    this.#fenceLine = at + run.length + /^[ \t]*[\w+#.-]*/.exec(after)![0].length
  }
}

function standingIn(text: string): Standing {
  const line = text.slice(/^\s*(?:(?:`{3,}|~{3,})[,;]?)?(?:\s*\/\*[^*]{0,80}\*\/)*/.exec(text)![0].length)
  const isShort = line.length <= LONGEST_MARKER
  if (isShort && BLANK_PREFIX.test(line)) return LINE
  const isLead = LEAD_PREFIX.test(line.slice(-LONGEST_MARKER / 2)) || (isShort && LABEL_PREFIX.test(line))
  return isLead && !isInCode(line) ? LEAD : FRAGMENT
}

function standingInFence({ content, language }: Fence, inside: string): Standing {
  if (content.length + inside.length <= LONGEST && FENCE_START.test(content + inside)) return FENCED
  if (!DATA_LANGUAGE.test(language)) return FRAGMENT
  return standingIn(inside)
}

/** An odd number of single ticks is open. */
function isInCode(line: string): boolean {
  let isOpen = false
  for (const { 0: run } of line.matchAll(/`+/g)) if (run.length < 3) isOpen = !isOpen
  return isOpen
}

/** The last sentence before a place in a line, or the line before. */
function wordsBefore(prefix: string, lastLine: string): string {
  const isBlank = BLANK_PREFIX.test(prefix) || LABEL_PREFIX.test(prefix)
  const sentences = (isBlank ? lastLine : prefix).trim().split(SENTENCE)
  return sentences.at(-1) ?? ''
}
