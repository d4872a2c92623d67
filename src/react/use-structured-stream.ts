import { useCallback, useEffect, useInsertionEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { PartialOf } from '../schema/types.ts'
import type { Path } from '../types.ts'
import { fieldOf, type Field, type FieldAt } from './field.ts'
import { StreamStore, type StoreOptions, type StoreState } from './stream-store.ts'

type Shown<S> = Pick<StoreState<S>, 'status' | 'partial' | 'data' | 'issues' | 'error' | 'text' | 'usage'>

/** What `useStructuredStream` gives. A component renders again only when something that it has read has changed. */
export interface StructuredStreamState<S = undefined> extends Shown<S> {
  /** Asks the server, with `input` as the body. What was running is stopped. */
  submit: StreamStore<S>['submit']
  /** Stops the request; what has come stays. */
  stop: () => void
  /** Asks for the same again. */
  retry: () => void
  /** Stops the request, and forgets everything. */
  clear: () => void
  /** One place of the growing value, with its state: enough to draw a skeleton. */
  field: <const P extends Path>(path: P) => Field<FieldAt<PartialOf<S>, P>>
  /** For `useField` in other components. */
  store: StreamStore<S>
}

/**
 * A stream of a server in a React component: typed by the schema, at most one render a frame, and only when something
 * has changed that the component has read. Leaving the page stops the request.
 *
 * @example
 * const { submit, field, status } = useStructuredStream({ api: '/api/recipe', schema: Recipe })
 * const title = field(['title'])
 * return <h1 className={title.state}>{title.value ?? '…'}</h1>
 */
export function useStructuredStream<S = undefined>(options: StoreOptions<S>): StructuredStreamState<S> {
  const [store] = useState(() => new StreamStore<S>(options))
  // Before any effect that may submit.
  useInsertionEffect(() => store.configure(options))
  useEffect(() => store.leave, [store])

  const read = useRef(new Reads<S>())
  const shown = useRef<StoreState<S>>(undefined)
  const getState = useCallback((): StoreState<S> => {
    const state = store.getState()
    if (shown.current === undefined || read.current.differs(shown.current, state)) shown.current = state
    return shown.current
  }, [store])
  const state = useSyncExternalStore(store.subscribe, getState, store.getState)
  return read.current.of(store, state)
}

/**
 * One place of a stream in its own component, which renders only when that place changes: a cell, a row.
 *
 * @param store of `useStructuredStream`
 * @example
 * const Row = ({ store, index }) => <li>{useField(store, ['rows', index]).value?.name}</li>
 */
export function useField<S, const P extends Path>(store: StreamStore<S>, path: P): Field<FieldAt<PartialOf<S>, P>> {
  const known = useRef<Field>(undefined)
  const getField = (): Field => (known.current = store.field(path, known.current))
  return useSyncExternalStore(store.subscribe, getField, getField) as Field<FieldAt<PartialOf<S>, P>>
}

/** What a component has read of the state. Only grows: what is read once may be read again. */
class Reads<S> {
  readonly #keys = new Set<keyof Shown<S>>()
  readonly #fields = new Map<string, { path: Path; field: Field }>()

  differs(before: StoreState<S>, now: StoreState<S>): boolean {
    if (before === now) return false
    for (const key of this.#keys) if (before[key] !== now[key]) return true
    for (const { path, field } of this.#fields.values()) if (fieldOf(now, path, field) !== field) return true
    return false
  }

  of(store: StreamStore<S>, state: StoreState<S>): StructuredStreamState<S> {
    const get = <K extends keyof Shown<S>>(key: K): StoreState<S>[K] => {
      this.#keys.add(key)
      return state[key]
    }
    const { submit, stop, retry, clear } = store
    return {
      submit,
      stop,
      retry,
      clear,
      store,
      field: (path) => {
        const key = JSON.stringify(path)
        const field = fieldOf(state, path, this.#fields.get(key)?.field)
        this.#fields.set(key, { path, field })
        return field as never
      },
      get status() {
        return get('status')
      },
      get partial() {
        return get('partial')
      },
      get data() {
        return get('data')
      },
      get issues() {
        return get('issues')
      },
      get error() {
        return get('error')
      },
      get text() {
        return get('text')
      },
      get usage() {
        return get('usage')
      },
    }
  }
}
