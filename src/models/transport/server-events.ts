import { JsonExtent } from '../events/json-extent.ts'

/** A wire's expectations of its server-sent events. */
export interface EventRules {
  /**
   * `needed`: the SDK passes over events without a name; the name is the `type` of their data. `refused`: the SDK can't
   * read events with one.
   */
  names: 'needed' | 'ignored' | 'refused'
}

/** Rewrites a body as it comes. */
export interface BodyRewriter {
  /** The bytes to pass on for the next ones; empty while it waits for more. */
  push(chunk: Uint8Array): Uint8Array
  /** The bytes that are left at the end of the body. */
  flush(): Uint8Array
}

/** A head that is longer tells nothing more. */
const MAX_HEAD = 1_048_576

const NOTHING = new Uint8Array(0)

const KNOWN_NAMES = /^(?:message_|content_block_)|^(?:ping|error)$/

/** A line with its end; the last one of a text may have none. */
const LINE = /[^\r\n]*(?:\r\n|\n|\r|$)/y

/**
 * Turns what some servers send in place of server-sent events into them, where that is certain: JSON documents without
 * `data:` (one a line, one in all, or in a list), events that end with one newline, and events without the name that
 * the SDK wants. The form is determined at the first event; a body in order is passed on unchanged from there.
 */
export function eventRewriter(rules: EventRules): BodyRewriter {
  const decoder = new TextDecoder()
  const encoder = new TextEncoder()
  let held: Uint8Array[] = []
  let head = ''
  let form: Rewriting | 'unchanged' | undefined
  return {
    push(chunk) {
      if (form === 'unchanged') return chunk
      const text = decoder.decode(chunk, { stream: true })
      if (form !== undefined) return encoder.encode(form.push(text))
      held.push(chunk)
      head += text
      form = head.length > MAX_HEAD ? 'unchanged' : formOf(head, rules)
      if (form === undefined) return NOTHING
      const bytes = form === 'unchanged' ? joined(held) : encoder.encode(form.push(head))
      held = []
      head = ''
      return bytes
    },
    flush() {
      if (form === undefined) {
        // An only event may end with one newline.
        const lines = /^data:\s*\{/m.test(head) ? new Lines(rules) : undefined
        return lines === undefined ? joined(held) : encoder.encode(lines.push(head) + lines.flush())
      }
      return form === 'unchanged' ? NOTHING : encoder.encode(form.flush())
    },
  }
}

interface Rewriting {
  push(text: string): string
  flush(): string
}

/** The form of a body that begins with `head`; `undefined`: more has to come. */
function formOf(head: string, rules: EventRules): Rewriting | 'unchanged' | undefined {
  let isNamed = false
  let data: string | undefined
  LINE.lastIndex = 0
  while (LINE.lastIndex < head.length) {
    const line = LINE.exec(head)![0]
    const isWhole = /[\r\n]$/.test(line) && !(line.endsWith('\r') && LINE.lastIndex === head.length)
    const text = line.trim().replace(/^\uFEFF/, '')
    if (data !== undefined) {
      // The line after the first data: an empty one ends the event.
      if (text === '' && isWhole) return isNamed || rules.names !== 'needed' ? 'unchanged' : new Lines(rules)
      if (text.startsWith('data:')) return isDocument(data) ? new Lines(rules) : 'unchanged'
      if (text.startsWith('event:') && isWhole) return isNamed && isDocument(data) ? new Lines(rules) : 'unchanged'
      return isWhole ? 'unchanged' : undefined
    }
    if (text.startsWith('{') || text.startsWith('[{')) return new Documents(rules)
    if (!isWhole) return text === '[' || 'data:'.startsWith(text.slice(0, 5)) || isField(text) ? undefined : 'unchanged'
    if (text.startsWith('data:')) data = text.slice(5).trim()
    else if (text.startsWith('event:')) {
      isNamed = true
      if (rules.names === 'refused') return new Lines(rules)
    } else if (text === '[') return new Documents(rules)
    else if (text !== '' && !isField(text)) return 'unchanged'
  }
  return undefined
}

/** Events of which each ends with its line of data. */
class Lines implements Rewriting {
  readonly #rules: EventRules
  #rest = ''
  #hasData = false
  #isNamed = false

  constructor(rules: EventRules) {
    this.#rules = rules
  }

  push(text: string): string {
    const all = this.#rest + text
    // A carriage return at the end may be half a line end.
    const end = Math.max(all.lastIndexOf('\n'), all.lastIndexOf('\r', all.length - 2)) + 1
    this.#rest = all.slice(end)
    return this.#lines(all.slice(0, end))
  }

  flush(): string {
    const last =
      this.#rest.startsWith('data:') && isDocument(this.#rest.slice(5).trim()) ? `${this.#rest}\n` : this.#rest
    this.#rest = ''
    return this.#lines(last) + (this.#hasData ? '\n' : '')
  }

  #lines(text: string): string {
    let out = ''
    for (const line of text.match(/[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$/g) ?? []) out += this.#line(line)
    return out
  }

  #line(line: string): string {
    const text = line.trim()
    if (text === '') {
      this.#hasData = this.#isNamed = false
      return line
    }
    const isData = text.startsWith('data:')
    const before = this.#hasData && (isData || (text.startsWith('event:') && this.#isNamed)) ? '\n' : ''
    if (before !== '') this.#hasData = this.#isNamed = false
    if (text.startsWith('event:')) this.#isNamed = true
    if (!isData) return this.#rules.names === 'refused' && !text.startsWith('error:') ? before : before + line
    const data = text.slice(5).trim()
    this.#hasData = isDocument(data) || data === '[DONE]'
    const name = this.#rules.names === 'needed' && !this.#isNamed ? nameOf(data) : ''
    if (name !== '') this.#isNamed = true
    return before + name + line
  }
}

/** JSON documents without the form of events. Text between them is left out. */
class Documents implements Rewriting {
  readonly #rules: EventRules
  #extent = new JsonExtent()
  #document = ''
  #between = ''

  constructor(rules: EventRules) {
    this.#rules = rules
  }

  push(text: string): string {
    let out = ''
    for (const char of text) {
      if (this.#document === '' && char !== '{') {
        this.#between = (this.#between + char).slice(-6)
        if (this.#between === '[DONE]') out += 'data: [DONE]\n\n'
        continue
      }
      this.#document += char
      this.#extent.add(char)
      const { extent } = this.#extent
      if (extent === 'open') continue
      if (extent === 'complete') out += this.#event(this.#document)
      this.#document = ''
      this.#extent = new JsonExtent()
    }
    return out
  }

  flush(): string {
    return ''
  }

  #event(document: string): string {
    const line = JSON.stringify(JSON.parse(document))
    return `${this.#rules.names === 'needed' ? nameOf(line) : ''}data: ${line}\n\n`
  }
}

function nameOf(data: string): string {
  try {
    const { type } = JSON.parse(data) as { type?: unknown }
    if (typeof type !== 'string' || !/^\w+$/.test(type)) return ''
    // Anthropic's SDK passed on only the names that it knew, before 0.100 or so, and `completion` is one that means no more.
    return `event: ${KNOWN_NAMES.test(type) ? type : 'completion'}\n`
  } catch {
    return ''
  }
}

function isDocument(data: string): boolean {
  if (!data.startsWith('{')) return data === '[DONE]'
  const extent = new JsonExtent()
  extent.add(data)
  return extent.extent === 'complete'
}

function isField(text: string): boolean {
  return text.startsWith(':') || /^(?:e|ev|eve|even|event|i|id|r|re|ret|retr|retry)(?::|$)/.test(text)
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  if (chunks.length === 1) return chunks[0]!
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}
