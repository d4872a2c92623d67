import { createMemo, createSignal, getOwner, onCleanup, type Accessor } from 'solid-js'
import type { CheckedPath, FieldAt, Path } from '../path.ts'
import type { OutputOf, PartialOf, SchemaLike } from '../schema/types.ts'
import { fieldOf, type Field } from '../web/client/state/field.ts'
import { SHOWN_KEYS, type ShownState } from '../web/client/state/shown-keys.ts'
import { StreamStore, type StoreOptions, type StoreState } from '../web/client/state/stream-store.ts'

/** What the primitive gives: an accessor for each part of the state, and what changes it. */
export type StructuredStreamAccessors<S extends SchemaLike | undefined = undefined> = {
  readonly [K in keyof ShownState<S>]: Accessor<ShownState<S>[K]>
} & Pick<StreamStore<S>, 'submit' | 'attach' | 'stop' | 'retry' | 'clear'> & {
    /**
     * One place of the growing value, with its state: enough to draw a skeleton. Updates only what reads this place; a
     * function as the path follows what it reads.
     */
    field: <const P extends Path>(
      path: CheckedPath<OutputOf<S>, P> | Accessor<CheckedPath<OutputOf<S>, P>>,
    ) => Accessor<Field<FieldAt<PartialOf<S>, P>>>
    /** For `createField` in other components. */
    store: StreamStore<S>
  }

/**
 * A stream of a server in a Solid component: typed by the schema, at most one update a frame, and only of what reads
 * something that has changed. When the owner is disposed of, the request stops.
 *
 * @param given the options, or a function that returns them, called whenever they are needed
 * @example
 * const { submit, field, status } = createStructuredStream({ api: '/api/recipe', schema: Recipe })
 * const title = field(['title'])
 * return <h1 class={title().state}>{title().value ?? '…'}</h1>
 */
export function createStructuredStream<S extends SchemaLike | undefined = undefined>(
  given: StoreOptions<S> | Accessor<StoreOptions<S>>,
): StructuredStreamAccessors<S> {
  const store = new StreamStore<S>(given)
  const state = stateOf(store)
  if (getOwner() !== null) onCleanup(store.leave)
  const { submit, attach, stop, retry, clear } = store
  const accessors = SHOWN_KEYS.map((key) => [key, createMemo(() => state()[key])])
  return {
    ...Object.fromEntries(accessors),
    submit,
    attach,
    stop,
    retry,
    clear,
    store,
    field: (path) => fieldIn(state, path),
  } as StructuredStreamAccessors<S>
}

/**
 * One place of a stream in another component: a cell, a row.
 *
 * @param store of `createStructuredStream`
 * @param path a function follows what it reads, such as a prop
 * @example
 * const row = createField(props.store, () => ['rows', props.index])
 */
export function createField<S extends SchemaLike | undefined, const P extends Path>(
  store: StreamStore<S>,
  path: CheckedPath<OutputOf<S>, P> | Accessor<CheckedPath<OutputOf<S>, P>>,
): Accessor<Field<FieldAt<PartialOf<S>, P>>> {
  return fieldIn(stateOf(store), path) as never
}

function stateOf<S extends SchemaLike | undefined>(store: StreamStore<S>): Accessor<StoreState<S>> {
  const [state, setState] = createSignal(store.getState())
  const unsubscribe = store.subscribe(() => setState(() => store.getState()))
  if (getOwner() !== null) onCleanup(unsubscribe)
  return state
}

function fieldIn<S extends SchemaLike | undefined>(
  state: Accessor<StoreState<S>>,
  path: Path | Accessor<Path>,
): Accessor<Field> {
  return createMemo<Field>((before) => {
    return fieldOf(state(), typeof path === 'function' ? path() : path, before)
  }, undefined as never)
}
