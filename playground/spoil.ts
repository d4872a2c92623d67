/** Ways in which an answer is written badly. */

type Container = Record<string | number, unknown>
interface Leaf {
  container: Container
  key: string | number
  value: unknown
}

/** The document with one value of a type that cannot be meant, somewhat before its middle. */
export function withWrongValue(document: unknown): unknown {
  const copy = structuredClone(document)
  const leaves = leavesOf(copy)
  const numbers = leaves.filter(({ value }) => typeof value === 'number')
  const candidates = numbers.length > 0 ? numbers : leaves
  const chosen = candidates[Math.floor((candidates.length - 1) * 0.4)]
  // A whole answer that is one value.
  if (chosen === undefined) return typeof document === 'string' ? 0 : 'unknown'
  chosen.container[chosen.key] = typeof chosen.value === 'string' ? { text: chosen.value } : 'unknown'
  return copy
}

/** The document without the last of its fields; of a list, the last element's. */
export function withoutField(document: unknown): unknown {
  const copy = structuredClone(document)
  const place: unknown = Array.isArray(copy) ? copy.at(-1) : copy
  if (typeof place === 'object' && place !== null) {
    // Optional fields tend to come last.
    const keys = Object.keys(place)
    delete (place as Container)[keys[Math.floor((keys.length - 1) * 0.6)]!]
  }
  return copy
}

/** The document as models write it that were not held to JSON: what `repair` repairs. */
export function sloppyText(document: unknown): string {
  const writer = new SloppyWriter()
  return `Sure! Here is what you asked for:\n\n\`\`\`json\n${writer.write(document, '')}\n\`\`\`\n\nLet me know if it should be shorter.`
}

class SloppyWriter {
  #hasComment = false
  #hasQuotedNumber = false

  write(value: unknown, indent: string): string {
    if (typeof value === 'number' && !this.#hasQuotedNumber) {
      this.#hasQuotedNumber = true
      return `"${value}"`
    }
    if (typeof value === 'boolean') return value ? 'True' : 'False'
    if (value === null) return 'None'
    if (typeof value !== 'object') return JSON.stringify(value)
    const isList = Array.isArray(value)
    const inner = `${indent}  `
    const lines = Object.entries(value).map(([key, item]) => {
      const name = isList ? '' : `${/^[A-Za-z_]\w*$/.test(key) ? key : JSON.stringify(key)}: `
      const written = `${inner}${name}${this.write(item, inner)},`
      return this.#hasComment || isList ? written : `${written}${this.#comment()}`
    })
    const [open, close] = isList ? '[]' : '{}'
    return lines.length === 0 ? `${open}${close}` : `${open}\n${lines.join('\n')}\n${indent}${close}`
  }

  #comment(): string {
    this.#hasComment = true
    return ' // as asked'
  }
}

function leavesOf(root: unknown): Leaf[] {
  const leaves: Leaf[] = []
  const visit = (container: unknown): void => {
    if (typeof container !== 'object' || container === null) return
    for (const key of Object.keys(container)) {
      const value = (container as Container)[key]
      if (typeof value === 'object' && value !== null) visit(value)
      else leaves.push({ container: container as Container, key, value })
    }
  }
  visit(root)
  return leaves
}
