import { isSamePath, isWithin, type Path, type PathPattern } from '../path.ts'
import type { ValueRule } from '../schema/rules.ts'

/** Called for every value that is complete and valid, children before parents. */
export type CompletionListener = (path: (string | number)[], value: unknown) => void

/** Called for the string at a watched path: new text, unescaped. `done` at its closing quote. */
export type FieldListener = (piece: string, done: boolean) => void

/** Who wants to hear of completed values and of growing strings. */
export interface ValueListeners {
  /** Whether anybody wants values at this depth (0: the root). */
  wantsAt(depth: number): boolean
  /** `value` is complete and valid; children come before their parents. */
  completed(path: (string | number)[], value: unknown): void
  /** Whether anybody wants strings while they grow. */
  readonly wantsFields: boolean
  /** A listener for the string that opens at `path`, if anybody wants it. */
  fieldAt(path: () => (string | number)[]): ((piece: string, isDone: boolean) => void) | null
}

/** Runs the user's rules over complete values. */
export interface RuleListener {
  /**
   * The value at `path` is complete; `ABSENT`: it is known at the end. One that is reported again, and is the same, is
   * judged once.
   */
  start(rules: readonly ValueRule[], path: (string | number)[], value: unknown): void
  /** What is at, in or around `path` doesn't count any more. */
  forget(path: Path): void
}

interface ElementWatcher {
  path: PathPattern
  /** `path` is the element's. */
  listener: (element: unknown, path: Path) => void
}
interface FieldWatcher {
  path: Path
  listener: FieldListener
}

/** Everyone who listens to one interpreter. Costs nothing while no one does. */
export class ListenerHub implements ValueListeners {
  completion: CompletionListener | null = null
  /** Null: the schema has no rules, or they aren't run here. */
  rules: RuleListener | null = null
  // Asked at every value, where even a set's size would show: 14 ns a delta.
  wantsFields = false
  #wantsElements = false
  readonly #elements = new Set<ElementWatcher>()
  readonly #fields = new Set<FieldWatcher>()

  addElements(watcher: ElementWatcher): () => void {
    this.#elements.add(watcher)
    this.#wantsElements = true
    return () => {
      this.#elements.delete(watcher)
      this.#wantsElements = this.#elements.size > 0
    }
  }

  /** The strings that someone waits for. */
  get fields(): readonly FieldWatcher[] {
    return [...this.#fields]
  }

  addField(watcher: FieldWatcher): () => void {
    this.#fields.add(watcher)
    this.wantsFields = true
    return () => {
      this.#fields.delete(watcher)
      this.wantsFields = this.#fields.size > 0
    }
  }

  wantsAt(depth: number): boolean {
    if (this.completion !== null) return true
    if (!this.#wantsElements) return false
    for (const { path } of this.#elements) if (path.length + 1 === depth) return true
    return false
  }

  completed(path: (string | number)[], value: unknown): void {
    this.completion?.(path, value)
    if (typeof path.at(-1) !== 'number') return
    for (const watcher of this.#elements) {
      if (watcher.path.length + 1 === path.length && isWithin(path, watcher.path)) watcher.listener(value, path)
    }
  }

  fieldAt(path: () => (string | number)[]): ((piece: string, isDone: boolean) => void) | null {
    const place = path()
    const watchers = [...this.#fields].filter((watcher) => isSamePath(watcher.path, place))
    if (watchers.length === 0) return null
    return (piece, isDone) => {
      for (const { listener } of watchers) listener(piece, isDone)
    }
  }
}
