import { ABSENT, type SchemaNode } from '../../schema/node.ts'
import { startsWith, valueAt, type Path } from '../../path.ts'
import type { Issue, Repair } from '../../types.ts'
import type {
  InterpreterFailure,
  InterpreterOptions,
  OpenPath,
  Repairable,
  ShownDocument,
  InterpreterHost,
} from '../interpreter.ts'
import { ListenerHub, type FieldListener } from '../listeners.ts'
import type { Candidate, Decoding } from './candidate.ts'
import { DocumentSearch } from './document-search.ts'

/** The `Interpreter` of structured answers: what is shown of the document that counts, and who hears of it. */
export class DocumentInterpreter implements Repairable {
  readonly node: SchemaNode
  readonly options: InterpreterOptions
  readonly hub: ListenerHub
  readonly #search: DocumentSearch
  #place: OpenPath | null = null

  constructor(
    node: SchemaNode,
    decoding: Decoding | null,
    options: InterpreterOptions,
    { hub = new ListenerHub(), text }: InterpreterHost = {},
  ) {
    this.node = node
    this.options = options
    this.hub = hub
    this.#search = new DocumentSearch(node, decoding, options, hub, text)
  }

  push(text: string): void {
    this.#search.push(text)
  }
  end(): void {
    this.#search.end()
  }

  get isDone(): boolean {
    return this.#search.isDone
  }
  get isStarted(): boolean {
    return this.#search.isStarted
  }
  get issues(): readonly Issue[] {
    return this.#search.issues
  }
  get unsure(): readonly Path[] {
    return this.#search.unsure
  }
  get repairs(): Repair[] {
    return this.#search.repairs
  }
  get documents(): readonly ShownDocument[] {
    return this.#search.documents
  }
  get failure(): InterpreterFailure | null {
    return this.#search.failure
  }

  /** The document that was open when the text was cut; null: none was, or it can't be continued. */
  interrupt(): Candidate | null {
    return this.#search.interrupt()
  }

  snapshot(exact = false): unknown {
    const cursor = this.#search.shown?.cursor
    if (cursor === undefined) return undefined
    const value = cursor.snapshot(exact)
    // Kept for the snapshots that lag.
    if (cursor.isWide && !cursor.isLagging) this.#place = cursor.openPlace()
    return value === ABSENT ? undefined : value
  }

  openPlace(): OpenPath | null {
    const cursor = this.#search.shown?.cursor
    return cursor === undefined ? null : cursor.isLagging ? this.#place : cursor.openPlace()
  }

  raw(): unknown {
    return this.#search.document.raw()
  }

  written(): unknown {
    return this.#search.shown?.written()
  }

  completedElements(path: Path): unknown[] {
    const array = valueAt(this.snapshot(true), path)
    if (!Array.isArray(array)) return []
    const open = this.openPlace()
    if (open?.isAmbiguous === true && startsWith(path, open.path)) return []
    const isOpen = open !== null && startsWith(open.path, path) && open.path.length > path.length
    const end = isOpen ? (open.path[path.length] as number) : array.length
    const { issues, cursor } = this.#search.shown!
    const pending = cursor.pendingPath()
    const blamed = [...issues.map((issue) => issue.path), ...this.unsure, ...(pending === null ? [] : [pending])]
    const isSound = (index: number) => !blamed.some((place) => startsWith(place, [...path, index]))
    return array.slice(0, end).filter((_, index) => isSound(index))
  }

  watchField(path: Path, listener: FieldListener): () => void {
    const value = valueAt(this.snapshot(true), path)
    const open = this.openPlace()
    const isOpen = open !== null && startsWith(open.path, path)
    // Below a place that is read in several ways: the listener is called when one way is left.
    const isAmbiguous = open?.isAmbiguous === true && startsWith(path, open.path)
    if (typeof value === 'string' && !isOpen && !isAmbiguous) {
      listener(value, true)
      return () => {}
    }
    const stop = this.hub.addField({ path, listener })
    if (isOpen && !isAmbiguous) {
      if (typeof value === 'string') listener(value, false)
      this.#search.shown!.cursor.watchOpenField()
    }
    return stop
  }
}
