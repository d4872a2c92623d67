import type { Issue, Path } from '../types.ts'

/** Characters of a string that an issue keeps. */
const LONGEST_STRING = 200
/** Characters of JSON that it keeps of an object or a list. */
const LONGEST_JSON = 1_000

/** Each issue with what the model wrote at its place, where it wrote something; `raw` is its answer as plain data. */
export function withValues(issues: readonly Issue[], raw: unknown): Issue[] {
  return issues.map((issue) => {
    if ('value' in issue) return issue
    const found = find(raw, issue.path)
    if (found === undefined) return issue
    const { value, isCut } = clip(found.value)
    return { ...issue, value, ...(isCut && { valueTruncated: true as const }) }
  })
}

function find(root: unknown, path: Path): { value: unknown } | undefined {
  let value = root
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string | number, unknown>)[key]
  }
  return value === undefined ? undefined : { value }
}

/** A value that can be logged: long strings and large containers lose their ends. */
export function clip(value: unknown): { value: unknown; isCut: boolean } {
  const clipper = new Clipper()
  return { value: clipper.clip(value), isCut: clipper.isCut }
}

class Clipper {
  isCut = false
  /** Characters of JSON that are left for containers and what is in them. */
  #left = LONGEST_JSON

  clip(value: unknown): unknown {
    if (typeof value === 'string') return this.#string(value)
    if (Array.isArray(value)) return this.#list(value)
    if (typeof value === 'object' && value !== null) return this.#object(value)
    this.#left -= String(value).length
    return value
  }

  #string(text: string): string {
    const length = this.#cutAt(text, Math.min(LONGEST_STRING, Math.max(0, this.#left)))
    if (length < text.length) this.isCut = true
    this.#left -= length + 2
    return text.slice(0, length)
  }

  /** Never between the halves of a surrogate pair. */
  #cutAt(text: string, length: number): number {
    if (text.length <= LONGEST_STRING && text.length <= length) return text.length
    const last = text.charCodeAt(length - 1)
    return last >= 0xd800 && last < 0xdc00 ? length - 1 : length
  }

  #list(list: readonly unknown[]): unknown[] {
    this.#left -= 2
    const kept: unknown[] = []
    for (const item of list) {
      if (this.#isFull()) break
      kept.push(this.clip(item))
      this.#left--
    }
    return kept
  }

  #object(object: object): Record<string, unknown> {
    this.#left -= 2
    const kept: [string, unknown][] = []
    for (const [key, item] of Object.entries(object)) {
      if (this.#isFull()) break
      this.#left -= key.length + 4
      kept.push([key, this.clip(item)])
    }
    // Also for a key such as `__proto__`, an own property.
    return Object.fromEntries(kept)
  }

  #isFull(): boolean {
    if (this.#left > 0) return false
    this.isCut = true
    return true
  }
}
