import { memo, useMemo } from 'react'
import type { FieldStatus } from '../../src/react/index.ts'
import type { Issue, JsonSchemaObject, Path } from '../../src/types.ts'
import { usePlace, type FieldSource } from './field-source.ts'
import { shapeOf } from './shape.ts'

interface PlaceProps {
  source: FieldSource
  /** The whole JSON Schema, for its references. */
  root: JsonSchemaObject
  /** The schema of this place, as it is in the root. */
  schema: unknown
  parent: Path
  /** Undefined for the root. */
  name: string | number | undefined
  depth: number
}

/** Levels that are drawn of what is not there yet: a recursive schema has no end. */
const DEEPEST_EMPTY = 4
/** Elements and characters that are drawn at once; the newest ones. */
const MOST_ELEMENTS = 30
const MOST_TEXT = 4_000

/** One place of the growing value, with all that is below it. It renders only when something in it changes. */
export const Place = memo(function Place({ source, root, schema, parent, name, depth }: PlaceProps) {
  const path = useMemo<Path>(() => (name === undefined ? parent : [...parent, name]), [parent, name])
  const { value, state, issues } = usePlace(source, path)
  const shape = shapeOf(root, schema, value)
  const own = issues.filter((issue) => issue.path.length === path.length || !isThere(value, issue.path[path.length]))
  const below = keysBelow(value, shape.keys, shape.kind === 'object' && depth < DEEPEST_EMPTY)
  const children = below?.keys.map((key, slot) => (
    // The window of a long list moves on: what is in it is used again.
    <Place
      key={typeof key === 'number' ? slot : key}
      source={source}
      root={root}
      schema={shape.child(key)}
      parent={path}
      name={key}
      depth={depth + 1}
    />
  ))
  if (name === undefined && children !== undefined) {
    return (
      <>
        {below!.skipped > 0 && <Skipped count={below!.skipped} />}
        {children}
        {shape.kind === 'list' && children.length === 0 && <li className="empty">a list, still empty</li>}
        <Issues issues={own} />
      </>
    )
  }
  return (
    <li className={typeof name === 'number' ? 'place element' : 'place'} data-state={state}>
      <div className="row">
        <StateIcon state={state} />
        {name !== undefined && <span className="key">{name}</span>}
        {children === undefined ? (
          <Scalar value={value} state={state} label={shape.label} />
        ) : (
          <span className="count">{countOf(value, shape.label)}</span>
        )}
      </div>
      <Issues issues={own} />
      {children !== undefined && children.length > 0 && (
        <ul>
          {below!.skipped > 0 && <Skipped count={below!.skipped} />}
          {children}
        </ul>
      )}
    </li>
  )
})

/** The keys to draw below a place; undefined where it has none. */
function keysBelow(
  value: unknown,
  declared: readonly string[],
  drawsEmpty: boolean,
): { keys: (string | number)[]; skipped: number } | undefined {
  if (Array.isArray(value)) {
    const skipped = Math.max(0, value.length - MOST_ELEMENTS)
    return { keys: Array.from({ length: value.length - skipped }, (_, index) => skipped + index), skipped }
  }
  if (isObject(value)) {
    const keys = [...new Set([...declared, ...Object.keys(value)])]
    const skipped = Math.max(0, keys.length - MOST_ELEMENTS)
    return { keys: keys.slice(skipped), skipped }
  }
  return value === undefined && drawsEmpty && declared.length > 0 ? { keys: [...declared], skipped: 0 } : undefined
}

function Scalar({ value, state, label }: { value: unknown; state: FieldStatus; label: string }) {
  if (value === undefined) return <span className="expected">{label}</span>
  const isLong = typeof value === 'string' && value.includes('\n')
  const kind = value === null ? 'null' : isLong ? 'lines' : typeof value
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const skipped = Math.max(0, text.length - MOST_TEXT)
  return (
    <span className={`value ${kind}`}>
      {skipped > 0 && <em>{skipped.toLocaleString('en')} characters before … </em>}
      {skipped > 0 ? text.slice(-MOST_TEXT) : text}
      {state === 'open' && <span className="cursor" aria-hidden="true" />}
    </span>
  )
}

function Issues({ issues }: { issues: readonly Issue[] }) {
  if (issues.length === 0) return null
  return (
    <ul className="issues">
      {issues.map((issue, index) => (
        <li key={index}>
          <code>{issue.code}</code> {issue.message}
        </li>
      ))}
    </ul>
  )
}

function Skipped({ count }: { count: number }) {
  return <li className="empty">{count.toLocaleString('en')} before these</li>
}

const marks: Record<FieldStatus, string> = { absent: '○', open: '◐', complete: '●', invalid: '✕' }

/** A state by shape and color, and in words for those who see neither. */
export function StateIcon({ state }: { state: FieldStatus }) {
  return (
    <span className={`state ${state}`} title={state}>
      <span aria-hidden="true">{marks[state]}</span>
      <span className="hidden">{state}</span>
    </span>
  )
}

function countOf(value: unknown, label: string): string {
  if (Array.isArray(value)) return value.length === 1 ? '1 element' : `${value.length.toLocaleString('en')} elements`
  return isObject(value) ? '' : label === 'object' ? '' : label
}

function isThere(value: unknown, key: string | number | undefined): boolean {
  return key !== undefined && typeof value === 'object' && value !== null
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
