import type { Issue, Path } from '../../types.ts'
import { plain } from './sanitize.ts'
import type { StyledLine, Span } from './spans.ts'
import { span, wrap } from './spans.ts'
import { widthOf } from './width.ts'

/** What is known of a value next to itself. */
export interface TreeContext {
  isComplete: (path: Path) => boolean
  issues: readonly Issue[]
  /**
   * Lines that can be seen: of anything longer only the end is laid out, so that a frame costs the same however much
   * has arrived. @defaultValue all
   */
  rows?: number
}

/** A growing value as lines no wider than `width`: a tick before what is complete, an ellipsis before what is open. */
export function treeLines(value: unknown, known: TreeContext, width: number): StyledLine[] {
  if (value === undefined) return [[span('…', 'dim')]]
  if (isContainer(value)) return children(value, [], known, width, 0)
  return wrap([mark([], known), span(' '), ...scalar(value, [], known)], width, 2)
}

type Container = Record<string, unknown> | unknown[]

function children(value: Container, path: Path, known: TreeContext, width: number, indent: number): StyledLine[] {
  const { rows = Infinity } = known
  if (Array.isArray(value)) {
    const skipped = Math.max(0, value.length - rows)
    const shown = value.slice(skipped).flatMap((item, index) => {
      return element(item, [...path, skipped + index], known, width, indent)
    })
    return [...leftOut(skipped, indent), ...shown]
  }
  const keys = Object.keys(value)
  const shown = keys.length > rows ? keys.slice(-rows) : keys
  const column = shown.reduce((widest, key) => Math.min(24, Math.max(widest, widthOf(plain(key)))), 0)
  const fields = shown.flatMap((key) => field(key, value[key], [...path, key], known, width, indent, column))
  return [...leftOut(keys.length - shown.length, indent), ...fields]
}

function leftOut(count: number, indent: number): StyledLine[] {
  return count > 0 ? [[span(`${' '.repeat(indent)}⋮ ${count} before`, 'dim')]] : []
}

function field(
  key: string,
  value: unknown,
  path: Path,
  known: TreeContext,
  width: number,
  indent: number,
  column: number,
): StyledLine[] {
  const name = plain(key)
  const head: StyledLine = [span(' '.repeat(indent)), mark(path, known), span(` ${name}`, 'cyan')]
  if (isContainer(value) && !isWordList(value)) {
    const count = Array.isArray(value) ? [span(` ${value.length}`, 'dim')] : []
    return [...wrap([...head, ...count], width), ...children(value, path, known, width, indent + 2)]
  }
  const padding = span(' '.repeat(Math.max(1, column - widthOf(name) + 2)))
  const text = isContainer(value) ? wordList(value, path, known) : scalar(value, path, known)
  return wrap([...head, padding, ...text], width, indent + 2 + column + 2)
}

/** An element of a list: in a row, unless something in it needs separate lines. */
function element(value: unknown, path: Path, known: TreeContext, width: number, indent: number): StyledLine[] {
  const number = span(` ${Number(path.at(-1)) + 1}`, 'dim')
  const head: StyledLine = [span(' '.repeat(indent)), mark(path, known)]
  if (!isContainer(value)) return wrap([...head, span(' '), ...scalar(value, path, known)], width, indent + 2)
  if (!Array.isArray(value) && Object.values(value).every((item) => !isContainer(item) || isWordList(item))) {
    const cells = Object.entries(value).flatMap(([key, item], index): Span[] => {
      const at = [...path, key]
      const text = isContainer(item) ? wordList(item, at, known) : scalar(item, at, known)
      // The key stays with the beginning of its value.
      return [span(`${index === 0 ? ' ' : ' · '}${plain(key)}\u00a0`, 'dim'), ...text]
    })
    return wrap([...head, number, ...cells], width, indent + 4)
  }
  return [[...head, number], ...children(value, path, known, width, indent + 4)]
}

function scalar(value: unknown, path: Path, known: TreeContext): Span[] {
  const isOpen = !known.isComplete(path)
  if (typeof value === 'string') {
    // More than any terminal's line holds, for each line.
    const most = (known.rows ?? Infinity) * 300
    const cut = value.length > most ? [span(`⋮ ${value.length - most} characters before … `, 'dim')] : []
    const text = value.length > most ? value.slice(-most) : value
    return [...cut, span(plain(text)), ...(isOpen ? [span('▌', 'yellow')] : [])]
  }
  return [span(plain(shown(value)), value === null ? 'dim' : 'plain')]
}

function shown(value: unknown): string {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'no date' : value.toISOString()
  if (typeof value === 'object' && value !== null) return Object.prototype.toString.call(value).slice(8, -1)
  return String(value)
}

function mark(path: Path, { isComplete, issues }: TreeContext): Span {
  if (issues.some((issue) => path.length > 0 && path.every((key, at) => issue.path[at] === key)))
    return span('✗', 'red')
  return isComplete(path) ? span('✓', 'green') : span('…', 'yellow')
}

/** Short texts that read well in one line, such as tags. */
function isWordList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item !== 'object' && String(item).length <= 16)
}

function wordList(value: Container, path: Path, known: TreeContext): Span[] {
  const items = (value as unknown[]).map((item) => plain(String(item))).join(', ')
  return [span(items), ...(known.isComplete(path) ? [] : [span('▌', 'yellow')])]
}

/** Objects and lists that hold fields; dates, maps and the like are values. */
function isContainer(value: unknown): value is Container {
  if (Array.isArray(value)) return true
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
