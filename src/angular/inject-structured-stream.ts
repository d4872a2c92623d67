import { assertInInjectionContext, computed, DestroyRef, inject, signal, type Signal } from '@angular/core'
import type { CheckedPath, FieldAt, Path } from '../path.ts'
import type { OutputOf, PartialOf, SchemaLike } from '../schema/types.ts'
import { fieldOf, type Field } from '../web/client/state/field.ts'
import { SHOWN_KEYS, type ShownState } from '../web/client/state/shown-keys.ts'
import { StreamStore, type StoreOptions } from '../web/client/state/stream-store.ts'

/** What `injectStructuredStream` gives: a signal for each part of the state, and what changes it. */
export type StructuredStreamSignals<S extends SchemaLike | undefined = undefined> = {
  readonly [K in keyof ShownState<S>]: Signal<ShownState<S>[K]>
} & Pick<StreamStore<S>, 'submit' | 'attach' | 'stop' | 'retry' | 'clear'> & {
    /**
     * One place of the growing value, with its state: enough to draw a skeleton. A function as the path follows the
     * signals that it reads, such as an input.
     */
    field: <const P extends Path>(
      path: CheckedPath<OutputOf<S>, P> | (() => CheckedPath<OutputOf<S>, P>),
    ) => Signal<Field<FieldAt<PartialOf<S>, P>>>
    /** The store itself, for instance to subscribe outside of components. */
    store: StreamStore<S>
  }

/**
 * A stream of a server in an Angular component or service: typed by the schema, at most one update a frame, and only
 * of what reads something that has changed. Needs an injection context; when that is destroyed, the request stops.
 *
 * @param given the options, or a function that returns them, called whenever they are needed
 * @example
 * readonly recipe = injectStructuredStream({ api: '/api/recipe', schema: Recipe })
 * readonly title = this.recipe.field(['title'])
 * // in the template: <h1 [class]="title().state">{{ title().value ?? '…' }}</h1>
 */
export function injectStructuredStream<S extends SchemaLike | undefined = undefined>(
  given: StoreOptions<S> | (() => StoreOptions<S>),
): StructuredStreamSignals<S> {
  assertInInjectionContext(injectStructuredStream)
  const store = new StreamStore<S>(given)
  const state = signal(store.getState())
  const unsubscribe = store.subscribe(() => state.set(store.getState()))
  inject(DestroyRef).onDestroy(() => {
    unsubscribe()
    store.leave()
  })
  const { submit, attach, stop, retry, clear } = store
  const signals = SHOWN_KEYS.map((key) => [key, computed(() => state()[key])])
  return {
    ...Object.fromEntries(signals),
    submit,
    attach,
    stop,
    retry,
    clear,
    store,
    field: (path: Path | (() => Path)) => {
      let field: Field | undefined
      return computed(() => (field = fieldOf(state(), typeof path === 'function' ? path() : path, field)))
    },
  } as StructuredStreamSignals<S>
}
