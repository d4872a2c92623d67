import { asList, asObject, asText, type WireObject } from '../events/wire-value.ts'

/** `$.a[0]['b c']`: the steps after the root. */
const STEP = /\.([^.[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/g

/** An index beyond this is hostile, not an argument list. */
const MAX_INDEX = 100_000

/**
 * Puts together the arguments of a function call that come as `partialArgs` (Vertex, when asked for): places with
 * pieces of values, which are not JSON text. They are given out as one text when the call is complete.
 */
export class PartialArgs {
  readonly #root: WireObject = {}

  get isEmpty(): boolean {
    return Object.keys(this.#root).length === 0
  }

  /** The arguments so far, as JSON text. */
  get text(): string {
    return JSON.stringify(this.#root)
  }

  /** Takes the pieces of one event. */
  add(pieces: unknown): void {
    for (const item of asList(pieces)) {
      const piece = asObject(item)
      const steps = stepsOf(asText(piece?.['jsonPath']))
      if (piece !== undefined && steps.length > 0) this.#put(steps, piece)
    }
  }

  #put(steps: readonly (string | number)[], piece: WireObject): void {
    let place: object = this.#root
    for (const [index, step] of steps.slice(0, -1).entries()) {
      const inner = ownValue(place, step)
      if (typeof inner === 'object' && inner !== null) {
        place = inner
      } else {
        const created: object = typeof steps[index + 1] === 'number' ? [] : {}
        setOwn(place, step, created)
        place = created
      }
    }
    const last = steps.at(-1)!
    const before = ownValue(place, last)
    // Only text comes in several pieces.
    const isMore = typeof before === 'string' && typeof piece['stringValue'] === 'string'
    setOwn(place, last, isMore ? before + asText(piece['stringValue']) : valueOf(piece))
  }
}

function valueOf(piece: WireObject): unknown {
  if ('stringValue' in piece) return asText(piece['stringValue'])
  return piece['numberValue'] ?? piece['boolValue'] ?? null
}

function stepsOf(path: string): (string | number)[] {
  return [...path.matchAll(STEP)].map(([, name, index, single, double]) => {
    if (index !== undefined) return Math.min(Number(index), MAX_INDEX)
    return name ?? (single ?? double ?? '').replaceAll(/\\(.)/g, '$1')
  })
}

function ownValue(place: object, key: string | number): unknown {
  return Object.hasOwn(place, key) ? (place as WireObject)[key] : undefined
}

/** As an own property, whatever the name: the names come from the model. */
function setOwn(place: object, key: string | number, value: unknown): void {
  Object.defineProperty(place, key, { value, writable: true, enumerable: true, configurable: true })
}
