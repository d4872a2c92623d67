import { StructStreamError } from '../../../errors.ts'
import type { Redactor } from '../../../models/transport/redact.ts'

/** Characters of a body that are read, and shown. */
const MOST_READ = 4_000
const MOST_SHOWN = 500

/** Returns the error for an answer with a status that isn't a success: what its body says is in the message. */
export async function failedResponse(
  response: Response,
  from: string,
  type: string,
  redact: Redactor,
): Promise<StructStreamError> {
  const { status, headers } = response
  const words = redact(wordsOf(await start(response), type))
    .slice(0, MOST_SHOWN)
    .trim()
  const wait = Number(headers.get('retry-after') ?? NaN) * 1_000
  return new StructStreamError(
    status === 429 ? 'rate_limited' : 'provider_error',
    `Expected a stream${from}, got status ${status}${words === '' ? '.' : `: ${words}`}`,
    { status, ...(Number.isFinite(wait) && { retryAfter: wait }) },
  )
}

/** What a server says of an error: the message in its JSON, the text of its page, or the body. Nothing, if it isn't text. */
function wordsOf(text: string, type: string): string {
  // Bytes that aren't UTF-8, or aren't text, whatever the content type says.
  if (/[\0\uFFFD]/.test(text)) return ''
  try {
    const { error, message, detail, title } = JSON.parse(text) as Record<string, unknown>
    const inner = typeof error === 'object' && error !== null ? (error as { message?: unknown }).message : error
    const words = [inner, message, detail, title].find((one) => typeof one === 'string' && one !== '')
    if (typeof words === 'string') return words.trim()
  } catch {
    // Then it is a page, or text.
  }
  const isMarkup = /html|xml/.test(type) || (type === '' && /^\s*<[!?a-z]/i.test(text))
  return (isMarkup ? wordsOfMarkup(text) : text).trim()
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

/** The text of a page, of which the end may be missing. */
function wordsOfMarkup(markup: string): string {
  return markup
    .replaceAll(/<!--[^]*?(?:-->|$)|<(script|style)\b[^]*?(?:<\/\1[^>]*(?:>|$)|$)/gi, ' ')
    .replaceAll(/<[^>]*(?:>|$)/g, ' ')
    .replaceAll(/&(?:#(\d{1,6})|(\w+));/g, (entity, code: string | undefined, name: string) =>
      code === undefined ? (ENTITIES[name] ?? entity) : String.fromCodePoint(Number(code)),
    )
    .replaceAll(/\s+/g, ' ')
}

/** The beginning of a body. The rest isn't read. */
async function start({ body }: Response): Promise<string> {
  if (body === null) return ''
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  try {
    while (text.length < MOST_READ) {
      const { done, value } = await reader.read()
      if (done) break
      text += decoder.decode(value, { stream: true })
    }
  } catch {
    // What came is enough.
  }
  void reader.cancel().catch(() => {})
  return text.slice(0, MOST_READ)
}
