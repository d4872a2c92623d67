import {
  computed,
  getCurrentScope,
  onScopeDispose,
  shallowRef,
  toValue,
  type ComputedRef,
  type MaybeRefOrGetter,
  type Ref,
} from 'vue'
import type { CheckedPath, FieldAt, Path } from '../path.ts'
import type { OutputOf, PartialOf, SchemaLike } from '../schema/types.ts'
import { fieldOf, type Field } from '../web/client/state/field.ts'
import { SHOWN_KEYS, type ShownState } from '../web/client/state/shown-keys.ts'
import { StreamStore, type StoreOptions, type StoreState } from '../web/client/state/stream-store.ts'

/** What the composable gives: a ref for each part of the state, and what changes it. */
export type StructuredStreamRefs<S extends SchemaLike | undefined = undefined> = {
  readonly [K in keyof ShownState<S>]: ComputedRef<ShownState<S>[K]>
} & Pick<StreamStore<S>, 'submit' | 'attach' | 'stop' | 'retry' | 'clear'> & {
    /**
     * One place of the growing value, with its state: enough to draw a skeleton. Call it in `setup`; a function as the
     * path follows what it reads.
     */
    field: <const P extends Path>(
      path: MaybeRefOrGetter<CheckedPath<OutputOf<S>, P>>,
    ) => ComputedRef<Field<FieldAt<PartialOf<S>, P>>>
    /** For `useField` in other components. */
    store: StreamStore<S>
  }

/**
 * A stream of a server in a Vue component: typed by the schema, at most one update a frame, and only of what reads
 * something that has changed. When the scope is disposed of (the component is unmounted), the request stops.
 *
 * @param given the options, or a ref or getter of them, read whenever they are needed
 * @example
 * const { submit, field, status } = useStructuredStream({ api: '/api/recipe', schema: Recipe })
 * const title = field(['title'])
 * // in the template: <h1 :class="title.state">{{ title.value ?? '…' }}</h1>
 */
export function useStructuredStream<S extends SchemaLike | undefined = undefined>(
  given: MaybeRefOrGetter<StoreOptions<S>>,
): StructuredStreamRefs<S> {
  const store = new StreamStore<S>(() => toValue(given))
  const state = stateOf(store)
  if (getCurrentScope() !== undefined) onScopeDispose(store.leave)
  const { submit, attach, stop, retry, clear } = store
  const refs = SHOWN_KEYS.map((key) => [key, computed(() => state.value[key])])
  return {
    ...Object.fromEntries(refs),
    submit,
    attach,
    stop,
    retry,
    clear,
    store,
    field: (path) => fieldIn(state, path),
  } as StructuredStreamRefs<S>
}

/**
 * One place of a stream in its own component, which renders only when that place changes: a cell, a row.
 *
 * @param store of `useStructuredStream`
 * @param path a function follows what it reads, such as a prop
 * @example
 * const row = useField(props.store, () => ['rows', props.index])
 */
export function useField<S extends SchemaLike | undefined, const P extends Path>(
  store: StreamStore<S>,
  path: MaybeRefOrGetter<CheckedPath<OutputOf<S>, P>>,
): ComputedRef<Field<FieldAt<PartialOf<S>, P>>> {
  return fieldIn(stateOf(store), path) as ComputedRef<Field<FieldAt<PartialOf<S>, P>>>
}

function stateOf<S extends SchemaLike | undefined>(store: StreamStore<S>): Ref<StoreState<S>> {
  const state = shallowRef(store.getState())
  const unsubscribe = store.subscribe(() => {
    state.value = store.getState()
  })
  if (getCurrentScope() !== undefined) onScopeDispose(unsubscribe)
  return state
}

function fieldIn<S extends SchemaLike | undefined>(
  state: Ref<StoreState<S>>,
  path: MaybeRefOrGetter<Path>,
): ComputedRef<Field> {
  return computed<Field>((before) => {
    return fieldOf(state.value, toValue(path), before)
  })
}
