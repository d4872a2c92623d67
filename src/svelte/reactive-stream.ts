import { onDestroy } from 'svelte'
import { createSubscriber } from 'svelte/reactivity'
import type { CheckedPath, FieldAt, Path } from '../path.ts'
import type { OutputOf, PartialOf, SchemaLike } from '../schema/types.ts'
import type { Field } from '../web/client/state/field.ts'
import { SHOWN_KEYS, type ShownState } from '../web/client/state/shown-keys.ts'
import { StreamStore, type StoreOptions } from '../web/client/state/stream-store.ts'

/** What `createStructuredStream` gives: reactive getters, so don't take the object apart. */
export interface ReactiveStructuredStream<S extends SchemaLike | undefined = undefined>
  extends ShownState<S>, Pick<StreamStore<S>, 'submit' | 'attach' | 'stop' | 'retry' | 'clear'> {
  /** One place of the growing value, with its state: enough to draw a skeleton. Reactive where it is called. */
  field: <const P extends Path>(path: CheckedPath<OutputOf<S>, P>) => Field<FieldAt<PartialOf<S>, P>>
  /** The store itself, for instance to subscribe outside of components. */
  store: StreamStore<S>
}

/**
 * A stream of a server for Svelte 5: typed by the schema, at most one update a frame, and only of what reads something
 * that has changed. Made in a component, it stops its request when the component is destroyed; made elsewhere, call
 * `store.leave()`.
 *
 * @param given the options, or a function that returns them, called whenever they are needed
 * @example
 * const recipe = createStructuredStream({ api: '/api/recipe', schema: Recipe })
 * // in the markup: <h1 class={recipe.field(['title']).state}>{recipe.field(['title']).value ?? '…'}</h1>
 */
export function createStructuredStream<S extends SchemaLike | undefined = undefined>(
  given: StoreOptions<S> | (() => StoreOptions<S>),
): ReactiveStructuredStream<S> {
  const store = new StreamStore<S>(given)
  try {
    onDestroy(store.leave)
  } catch {
    // Made outside of a component.
  }
  const { submit, attach, stop, retry, clear } = store
  const fields = new Map<string, () => Field>()
  const stream = {
    submit,
    attach,
    stop,
    retry,
    clear,
    store,
    field: (path: Path): Field => {
      const key = JSON.stringify(path)
      const read = fields.get(key) ?? reactive(store, store.reader(JSON.parse(key) as Path))
      fields.set(key, read)
      return read()
    },
  }
  for (const key of SHOWN_KEYS)
    Object.defineProperty(stream, key, { get: reactive(store, () => store.getState()[key]), enumerable: true })
  return stream as unknown as ReactiveStructuredStream<S>
}

/** What `read` gives; whatever has called this is updated when that is something else. */
function reactive<T>(store: Pick<StreamStore, 'subscribe'>, read: () => T): () => T {
  let shown: T
  const subscribe = createSubscriber((update) =>
    store.subscribe(() => {
      const now = read()
      if (now === shown) return
      shown = now
      update()
    }),
  )
  return () => {
    subscribe()
    return (shown = read())
  }
}
