import { useEffect, useInsertionEffect, useMemo, useState, useSyncExternalStore } from 'react'
import type { CheckedPath, FieldAt, Path } from '../path.ts'
import type { OutputOf, PartialOf, SchemaLike } from '../schema/types.ts'
import { checkField, fieldOf, type Field } from '../web/client/state/field.ts'
import { SHOWN_KEYS, type ShownState } from '../web/client/state/shown-keys.ts'
import { StreamStore, type StoreOptions, type StoreState } from '../web/client/state/stream-store.ts'

/** What `useStructuredStream` gives. A component renders again only when something that it has read has changed. */
export interface StructuredStreamState<S extends SchemaLike | undefined = undefined> extends ShownState<S> {
  /** Asks the server, with `input` as the body. What was running is stopped. */
  submit: StreamStore<S>['submit']
  /** Joins a stream that is running or was stored, after a reload for instance; see `StreamStore.attach`. */
  attach: StreamStore<S>['attach']
  /** Stops the request; what has come stays. */
  stop: () => void
  /** Asks for the same again. */
  retry: () => void
  /** Stops the request, and forgets everything. */
  clear: () => void
  /** One place of the growing value, with its state: enough to draw a skeleton. */
  field: <const P extends Path>(path: CheckedPath<OutputOf<S>, P>) => Field<FieldAt<PartialOf<S>, P>>
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
export function useStructuredStream<S extends SchemaLike | undefined = undefined>(
  options: StoreOptions<S>,
): StructuredStreamState<S> {
  const [reads] = useState(() => new Reads(new StreamStore<S>(options)))
  const { store } = reads
  // Before any effect that may submit.
  useInsertionEffect(() => store.configure(options))
  useEffect(() => store.leave, [store])
  return reads.of(useSyncExternalStore(store.subscribe, reads.getState, store.getState), options.schema)
}

/**
 * One place of a stream in its own component, which renders only when that place changes: a cell, a row.
 *
 * @param store of `useStructuredStream`
 * @example
 * const Row = ({ store, index }) => <li>{useField(store, ['rows', index]).value?.name}</li>
 */
export function useField<S extends SchemaLike | undefined, const P extends Path>(
  store: StreamStore<S>,
  path: CheckedPath<OutputOf<S>, P>,
): Field<FieldAt<PartialOf<S>, P>> {
  // A path is written anew for each render.
  const key = JSON.stringify(path)
  const read = useMemo(() => store.reader(JSON.parse(key) as Path), [store, key])
  return useSyncExternalStore(store.subscribe, read, read) as Field<FieldAt<PartialOf<S>, P>>
}

/** What a component has read of the state. Only grows: what is read once may be read again. */
class Reads<S extends SchemaLike | undefined> {
  readonly store: StreamStore<S>
  readonly #keys = new Set<keyof ShownState<S>>()
  readonly #fields = new Map<string, { path: Path; field: Field }>()
  #shown: StoreState<S>

  constructor(store: StreamStore<S>) {
    this.store = store
    this.#shown = store.getState()
  }

  /** The state that was shown last, as long as nothing has changed in it that was read. */
  readonly getState = (): StoreState<S> => {
    const state = this.store.getState()
    if (this.#differs(state)) this.#shown = state
    return this.#shown
  }

  /** `state` for a component, which notes what it reads. */
  of(state: StoreState<S>, schema: StoreOptions<S>['schema']): StructuredStreamState<S> {
    const { submit, attach, stop, retry, clear } = this.store
    const field = (path: Path): Field => {
      if (this.store.isOf(schema)) checkField(state, path)
      const key = JSON.stringify(path)
      const field = fieldOf(state, path, this.#fields.get(key)?.field)
      this.#fields.set(key, { path, field })
      return field
    }
    const shown = { submit, attach, stop, retry, clear, store: this.store, field }
    for (const key of SHOWN_KEYS) {
      const get = (): unknown => {
        this.#keys.add(key)
        return state[key]
      }
      Object.defineProperty(shown, key, { get, enumerable: true })
    }
    return shown as unknown as StructuredStreamState<S>
  }

  #differs(now: StoreState<S>): boolean {
    const before = this.#shown
    if (before === now) return false
    for (const key of this.#keys) if (before[key] !== now[key]) return true
    for (const { path, field } of this.#fields.values()) if (fieldOf(now, path, field) !== field) return true
    return false
  }
}
