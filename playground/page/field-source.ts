import { useMemo, useSyncExternalStore } from 'react'
import type { Field } from '../../src/react/index.ts'
import type { Path } from '../../src/types.ts'

/** Where the places of a value are read from: a store of `structstream/react`, or a played recording. */
export interface FieldSource {
  readonly subscribe: (listener: () => void) => () => void
  /** What reads the place `path`: the same object as long as nothing in it has changed. */
  reader(path: Path): () => Field
  readonly getState: () => { readonly partial: unknown; readonly data: unknown; readonly text: string }
}

/** One place, rendered only when it changes. @param path the same object as long as it is the same path */
export function usePlace(source: FieldSource, path: Path): Field {
  const read = useMemo(() => source.reader(path), [source, path])
  return useSyncExternalStore(source.subscribe, read, read)
}
