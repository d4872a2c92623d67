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

  /** @param asked the URL that the caller gave; undefined: only a response, whose URL is known if it wasn't redirected */
  constructor(asked: string | undefined) {
    this.#base = absolute(asked ?? '', pageUrl() ?? NOWHERE)?.href ?? NOWHERE
    this.#origin = new URL(this.#base).origin
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
   * Takes an event's id; returns whether the event is one for the reader.
   *
   * @throws `provider_error`; `expired` and `gap` when the server continues another stream, or elsewhere
   */
  take(position: Position | undefined, event: WireEvent | undefined): boolean {
    if (position?.birth !== undefined) this.#name(position.birth)
    if (this.#isGreeted) {
      if (position !== undefined && position.id < this.id) {
        throw foreign(`The server sent event ${position.id} after event ${this.id}.`)
      }
      if (position !== undefined) this.id = position.id
      if (event === undefined || this.isOver) return false
      this.isOver = event.type === 'end' || event.type === 'error'
      return true
    }
    if (event === undefined) return false
    const { resume, birth } = checkHello(event)
    if (this.birth !== undefined || birth !== undefined) this.#name(birth)
    if (position !== undefined && position.id !== this.id && (this.id > 0 || position.id > 0)) {
      const message = `The server continues after event ${position.id}, but the last one that came is ${this.id}.`
      throw new StructStreamError('gap', message)
    }
    this.#isGreeted = true
    this.resume = this.#resolve(resume) ?? this.resume
    return false
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
