/** Shorter strings aren't secrets, and removing them would garble the message ("EMPTY", "ollama"). */
const SHORTEST_SECRET = 8

/** Headers whose values are public. */
const PUBLIC_HEADERS = new Set(['accept', 'content-type', 'user-agent'])

/** Keys that are known by their look: a server may echo one that was given in a way we did not see. */
const KEY_SHAPES = /\b(?:sk-|gsk_|xai-|AIza)[\w-]{16,}|\bBearer\s+[\w.~+/=-]{8,}/g

const REPLACEMENT = '[redacted]'

/** Deeper or longer than this, an echoed error body tells no one anything more. */
const MAX_DEPTH = 8
const MAX_TEXT = 4_000

/** What the options of an adapter hold that must never be seen: keys, header values, query values. */
export interface Secrets {
  keys?: readonly unknown[]
  headers?: unknown
  baseURL?: string | undefined
}

/** Removes the secrets from texts and, with `value`, from everything inside a value. */
export interface Redactor {
  (text: string): string
  /** A copy with every string in it redacted, cut to a sensible depth and length. */
  value(value: unknown): unknown
}

/** Makes the redactor for one request. A secret is found in plain form, JSON-escaped and percent-encoded. */
export function redactor(...all: readonly Secrets[]): Redactor {
  const forms = new Set<string>()
  for (const secret of all.flatMap(collect)) {
    if (secret.length < SHORTEST_SECRET) continue
    forms.add(secret)
    forms.add(JSON.stringify(secret).slice(1, -1))
    forms.add(percentEncoded(secret))
  }
  if (remembered !== undefined) for (const form of forms) remember(form)
  return redactorOf(forms)
}

/** Forms of all secrets that were seen since `rememberSecrets()`, the newest last. */
let remembered: Set<string> | undefined
/** A process with a key for each of its users has no end of keys; the oldest are forgotten. */
const MOST_REMEMBERED = 1_000

/** From here on, the secrets of every connection are known to `knownSecretsRedactor()`. */
export function rememberSecrets(): void {
  remembered ??= new Set()
}

/** Returns the redactor for what is written down in this process: it knows the secrets of all connections. */
export function knownSecretsRedactor(): Redactor {
  known ??= redactorOf(remembered ?? new Set())
  return known
}

/** Made anew when a further secret is known. */
let known: Redactor | undefined

function remember(form: string): void {
  if (!remembered!.delete(form)) known = undefined
  remembered!.add(form)
  if (remembered!.size > MOST_REMEMBERED) for (const oldest of remembered!) return void remembered!.delete(oldest)
}

function redactorOf(forms: ReadonlySet<string>): Redactor {
  // Longest first, so that a secret which contains another one goes as a whole.
  const ordered = [...forms].toSorted((a, b) => b.length - a.length)

  function text(input: string): string {
    let output = input
    for (const form of ordered) output = output.replaceAll(form, REPLACEMENT)
    return output.replace(KEY_SHAPES, REPLACEMENT)
  }

  function value(input: unknown, depth = 0): unknown {
    if (typeof input === 'string') return text(input).slice(0, MAX_TEXT)
    if (typeof input !== 'object' || input === null) return typeof input === 'function' ? undefined : input
    if (depth >= MAX_DEPTH) return '[…]'
    if (Array.isArray(input)) return input.slice(0, 100).map((item) => value(item, depth + 1))
    return Object.fromEntries(Object.entries(input).map(([key, item]) => [text(key), value(item, depth + 1)]))
  }

  return Object.assign(text, { value: (input: unknown) => value(input) })
}

function collect(secrets: Secrets): string[] {
  const values = [...(secrets.keys ?? []), ...headerValues(secrets.headers), ...queryValues(secrets.baseURL)]
  const texts = values.filter((value): value is string => typeof value === 'string')
  // `Bearer <token>` and `session=<token>` may come back without what is before them.
  return texts.flatMap((text) => [text, text.trim(), ...text.split(/[\s=;,]+/)])
}

function headerValues(headers: unknown): unknown[] {
  if (typeof headers !== 'object' || headers === null) return []
  const entries: Iterable<readonly [unknown, unknown]> =
    Symbol.iterator in headers ? (headers as Iterable<[unknown, unknown]>) : Object.entries(headers)
  const values: unknown[] = []
  for (const entry of entries) {
    if (!Array.isArray(entry) || PUBLIC_HEADERS.has(String(entry[0]).toLowerCase())) continue
    values.push(...(Array.isArray(entry[1]) ? entry[1] : [entry[1]]))
  }
  return values
}

function queryValues(url: string | undefined): string[] {
  if (url === undefined || !URL.canParse(url)) return []
  const { username, password, searchParams } = new URL(url)
  return [username, password, ...searchParams.values()]
}

function percentEncoded(text: string): string {
  try {
    return encodeURIComponent(text)
  } catch {
    // A lone surrogate has no such form.
    return text
  }
}
