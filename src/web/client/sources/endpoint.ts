import { StructStreamError } from '../../../errors.ts'
import { checkHello, foreign, type WireEvent } from '../../protocol.ts'
import { formatPosition, type Position } from '../../position.ts'
import { pageUrl } from './request.ts'

/** Stands for the origin of relative URLs where there is no page. */
const NOWHERE = 'http://relative.invalid'

/** Where the rest of a stream can be asked for. */
export interface ResumePlace {
  readonly url: string
  /** It has the origin that the caller asked, so it may get the caller's headers and a DELETE. */
  readonly isTrusted: boolean
}

/** Where the reader is: its position in the stream, and where it asks for the rest. */
export class Endpoint {
  id = 0
  birth: string | undefined
  resume: ResumePlace | undefined
  /** The last event has come. */
  isOver = false
  /** Origin of the URL that the caller gave; a server may not move the caller's headers to another one. */
  readonly #origin: string | undefined
  #base: string
  #isGreeted = false
  /** The server's text may come without an id. */
  #isSparse = false
  /** Characters of text that came without an id after `id`. */
  #unnumbered = 0
  /** Characters of text that this connection sends once more. */
  #known = 0
  /** Events that came. */
  #events = 0

  /** @param asked the URL that the caller gave; undefined: only a response, whose URL is known if it wasn't redirected */
  constructor(asked: string | undefined) {
    this.#base = absolute(asked ?? '', pageUrl() ?? NOWHERE)?.href ?? NOWHERE
    this.#origin = new URL(this.#base).origin
  }

  /** Grows with everything that is new. */
  get progress(): number {
    return this.#events
  }

  get position(): string {
    return formatPosition(this)
  }

  /** A response has come; its first event must be `hello`. */
  opened({ url }: { url: string }): void {
    this.#isGreeted = false
    if (url !== '' && URL.canParse(url)) this.#base = url
  }

  /**
   * Takes an event's id; returns what of the event is for the reader, if anything is.
   *
   * @throws `provider_error`; `expired` and `gap` when the server continues another stream, or elsewhere
   */
  take(position: Position | undefined, event: WireEvent | undefined): WireEvent | undefined {
    if (position?.birth !== undefined) this.#name(position.birth)
    if (this.#isGreeted) {
      if (position !== undefined && position.id < this.id) {
        throw foreign(`The server sent event ${position.id} after event ${this.id}.`)
      }
      const isNumbered = position !== undefined && position.id > this.id
      if (isNumbered) this.id = position.id
      if (event === undefined || this.isOver) return undefined
      const fresh = this.#fresh(event)
      if (isNumbered) this.#unnumbered = this.#known
      else if (this.#isSparse && fresh?.type === 'text-delta') this.#unnumbered += fresh.text.length
      if (fresh !== undefined) this.#events++
      this.isOver = event.type === 'end' || event.type === 'error'
      return fresh
    }
    if (event === undefined) return undefined
    const { resume, birth, sparse } = checkHello(event)
    if (this.birth !== undefined || birth !== undefined) this.#name(birth)
    if (position !== undefined && position.id !== this.id && (this.id > 0 || position.id > 0)) {
      const message = `The server continues after event ${position.id}, but the last one that came is ${this.id}.`
      throw new StructStreamError('gap', message)
    }
    this.#isGreeted = true
    this.#isSparse = sparse === true
    this.#known = this.#isSparse ? this.#unnumbered : 0
    this.resume = this.#resolve(resume) ?? this.resume
    return undefined
  }

  /** The event without the text that came in an earlier connection. */
  #fresh(event: WireEvent): WireEvent | undefined {
    if (this.#known === 0) return event
    // The stream has ended elsewhere in the meantime, by an error of its store for instance.
    if (event.type === 'error') return event
    if (event.type !== 'text-delta') {
      throw new StructStreamError('gap', `The server sent "${event.type}" in place of text that had come before.`)
    }
    const { text } = event
    const known = Math.min(this.#known, text.length)
    this.#known -= known
    return known === text.length ? undefined : { ...event, text: text.slice(known) }
  }

  /** The stream's name is the same in every connection. */
  #name(birth: string | undefined): void {
    if (this.birth === undefined && !this.#isGreeted && this.id === 0) this.birth = birth
    if (this.birth === birth) return
    throw new StructStreamError(
      'expired',
      'The stream that was being read is gone: the server continues another one in its place. Ask again.',
    )
  }

  #resolve(resume: unknown): ResumePlace | undefined {
    if (typeof resume !== 'string') return undefined
    const url = absolute(resume, this.#base)
    if (url === undefined) return undefined
    const isTrusted = url.origin === this.#origin
    return { url: url.origin === NOWHERE ? url.href.slice(NOWHERE.length) : url.href, isTrusted }
  }
}

function absolute(url: string, base: string): URL | undefined {
  const parsed = URL.canParse(url, base) ? new URL(url, base) : undefined
  return parsed !== undefined && /^https?:$/.test(parsed.protocol) ? parsed : undefined
}
