import { setOwn } from '../../json/growing-container.ts'

/** What the schema made of a value of another form. `path` is where it is now. */
export interface Rereading {
  path: (string | number)[]
  kind: string
  before: unknown
  after: unknown
}

/** Puts a value that was read as another one into plain data, as it was written but for those before it. Writes it. */
export function applyRereading(root: unknown, reading: Rereading): unknown {
  const { path } = reading
  if (path.length === 0) return changed(root, reading)
  let parent = root as Record<string | number, unknown>
  for (const key of path.slice(0, -1)) parent = parent[key] as Record<string | number, unknown>
  const last = path.at(-1)!
  switch (reading.kind) {
    case 'null-for-absent':
      delete parent[last]
      break
    case 'key': {
      const written = reading.before as string
      setOwn(parent, String(last), parent[written])
      delete parent[written]
      break
    }
    default:
      setOwn(parent, String(last), changed(parent[last], reading))
  }
  return root
}

function changed(value: unknown, { kind, before, after }: Rereading): unknown {
  switch (kind) {
    case 'wrapped':
      return [value]
    case 'envelope':
      return (value as Record<string, unknown>)[before as string]
    case 'stringified':
      return JSON.parse(before as string)
    default:
      return after
  }
}

/** What a repair says of it: what was written, and what it was read as. */
export function inWords(kind: string, before: unknown, after: unknown): { before: string; after: string } {
  switch (kind) {
    case 'wrapped':
      return { before: '', after: '[' }
    case 'envelope':
      return { before: `{${JSON.stringify(before)}:`, after: '' }
    case 'stringified':
      return { before: JSON.stringify(before), after: before as string }
    case 'null-for-absent':
      return { before: 'null', after: '' }
    case 'absent-for-null':
      return { before: '', after: 'null' }
    default:
      return { before: JSON.stringify(before), after: JSON.stringify(after) }
  }
}
