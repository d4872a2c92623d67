import type { TokenSink } from '../../json/token-sink.ts'
import { OpenDocument } from '../../json/sinks/open-document.ts'
import { shareStructure } from '../../json/structural-sharing.ts'
import { tee } from '../../json/sinks/tee.ts'
import { ABSENT } from '../../schema/node.ts'
import { startsWith, valueAt, type Path } from '../../path.ts'
import type { Issue, Repair } from '../../types.ts'
import { DocumentInterpreter } from '../document/document-interpreter.ts'
import type { InterpreterFailure, InterpreterOptions, OpenPath, Repairable, ShownDocument } from '../interpreter.ts'
import type { FieldListener, ListenerHub } from '../listeners.ts'
import { holePath, requestNode, type PatchPlan } from './plan.ts'
import { readValue } from './read-value.ts'
import { PatchedContainer, type Hole } from './patched-container.ts'

/**
 * An answer with some of its places asked for again: the text is a document with one key for each place, and what
 * comes grows in its place. Everything else stays the same object; what was shown at a place that was wrong only as
 * a whole stays until the new value is complete. Containers around the places are complete, and are reported, when
 * all places in them are.
 */
export class PatchedInterpreter implements Repairable {
  readonly hub: ListenerHub
  readonly node
  readonly options: InterpreterOptions
  readonly issues: Issue[] = []
  readonly repairs: Repair[]
  readonly #root: PatchedContainer
  readonly #holes = new Map<string, Hole>()
  readonly #patch: DocumentInterpreter
  readonly #baseUnsure: readonly Path[]
  readonly #baseDocuments: readonly ShownDocument[]
  /** Containers whose holes are filled, and that only the final validation can judge. */
  readonly #unsettled: Path[] = []
  /** The patch as plain data, as far as it has come. */
  #record = new OpenDocument()
  #known = { issues: 0, repairs: 0 }
  /** Where the patch begins, in the answer's whole text. */
  readonly #start: number

  constructor(base: Repairable, plan: PatchPlan, start: number) {
    const { hub, node, options } = base
    this.hub = hub
    this.node = node
    this.options = options
    const dropped = plan.dropped.map(({ path, before }) => ({
      kind: 'undeclared-key',
      position: start,
      path,
      before,
      after: '',
    }))
    this.repairs = [...base.repairs, ...dropped]
    this.#start = start
    this.#baseDocuments = base.documents
    const shown = base.snapshot(true)
    const at = { parent: null, path: [], node, raw: plan.raw as unknown[], shown: shown === undefined ? ABSENT : shown }
    this.#root = new PatchedContainer(at, options.repair)
    for (const place of plan.places) this.#holes.set(place.name, this.#root.add(place))
    this.#baseUnsure = base.unsure.filter((path) => !plan.places.some((place) => startsWith(path, holePath(place))))
    const { decoding } = plan
    this.#patch = new DocumentInterpreter(
      requestNode(plan.places),
      {
        sink: (cursor) => this.#recorded(cursor, decoding?.sink.bind(decoding)),
        decode: (value) => (decoding === null ? value : decoding.decode(value)),
      },
      { ...options, documents: 'one' },
    )
    for (const path of this.places) hub.rules?.forget(path)
    this.#patch.hub.rules = hub.rules && {
      // The patch itself is a document that no rule is about.
      start: (rules, path, value) => hub.rules?.start(rules, this.#outside(path), value),
      forget: () => {},
    }
    this.#patch.hub.completion = (path, value) => this.#completed(path, value)
    for (const { path, listener } of this.hub.fields) this.#watchInside(path, listener)
  }

  #recorded(cursor: TokenSink, decoding: ((inner: TokenSink) => TokenSink) | undefined): TokenSink {
    // A further document may take over: it is recorded from its start.
    this.#record = new OpenDocument()
    const both = tee(this.#record, cursor)
    return decoding === undefined ? both : decoding(both)
  }

  /** What is asked for. */
  get places(): Path[] {
    return [...this.#holes.values()].map(({ place }) => place.path)
  }

  push(text: string): void {
    this.#patch.push(text)
    this.#collect()
  }

  end(): void {
    this.#patch.end()
    this.#collect()
  }

  /** Reports what was found out about the patch for its places. */
  #collect(): void {
    const { issues, repairs } = this.#patch
    for (const issue of issues.slice(this.#known.issues)) this.#report(issue, this.#outside(issue.path))
    for (const repair of repairs.slice(this.#known.repairs)) {
      const path = repair.path === undefined ? {} : { path: this.#outside(repair.path) }
      this.repairs.push({ ...repair, ...path, position: repair.position + this.#start })
    }
    this.#known = { issues: issues.length, repairs: repairs.length }
  }

  #report(issue: Issue, path: (string | number)[]): void {
    const position = issue.position === undefined ? {} : { position: issue.position + this.#start }
    this.issues.push({ ...issue, ...position, path })
  }

  /** A path in the patch as a path in the answer. */
  #outside(path: Path): (string | number)[] {
    const [name, ...rest] = path
    const hole = this.#holes.get(String(name))
    if (hole === undefined) return []
    const { place } = hole
    const [index, ...inner] = rest
    return place.from !== null && typeof index === 'number'
      ? [...place.path, place.from + index, ...inner]
      : [...place.path, ...rest]
  }

  /** A path in the answer as a path in the patch, if it is at or in one of the places. */
  #inside(path: Path): (string | number)[] | null {
    for (const [name, { place }] of this.#holes) {
      const { path: at, from } = place
      if (!startsWith(path, at)) continue
      if (from === null) return [name, ...path.slice(at.length)]
      const index = path[at.length]
      if (typeof index === 'number' && index >= from) return [name, index - from, ...path.slice(at.length + 1)]
    }
    return null
  }

  #completed(path: (string | number)[], value: unknown): void {
    const hole = this.#holes.get(String(path[0]))
    if (hole === undefined) return
    if (path.length > 1) {
      this.hub.completed(this.#outside(path), value)
      return
    }
    if (hole.isFilled) return
    hole.growing = value
    hole.isFilled = true
    const record = this.#record.levels[0]?.container ?? this.#record.value
    hole.raw = valueAt(record, [hole.place.name])
    if (hole.place.from === null) this.hub.completed([...hole.place.path], value)
    this.#settle(hole.parent)
  }

  /** A hole in `spine` is filled: containers without further holes are judged, from the inside out. */
  #settle(innermost: PatchedContainer): void {
    let isJudged = true
    for (let spine: PatchedContainer | null = innermost; spine !== null; spine = spine.parent) {
      spine.open--
      if (spine.open > 0 || !isJudged) continue
      isJudged = this.#judge(spine)
    }
  }

  #judge(spine: PatchedContainer): boolean {
    const { node, path } = spine
    const isOtherwiseUnsure = this.#baseUnsure.some((place) => startsWith(place, path))
    const reading = node === null || isOtherwiseUnsure ? null : readValue(node, spine.mended(), this.options.repair)
    if (reading === null || reading.isUnsure) {
      this.#unsettled.push(path)
      return false
    }
    for (const issue of reading.issues) this.issues.push({ ...issue, path: [...path, ...issue.path] })
    if (reading.issues.length > 0) return false
    for (const { rules, path: inside, value } of reading.due) this.hub.rules?.start(rules, [...path, ...inside], value)
    spine.settle(shareStructure(spine.view, reading.value))
    this.hub.completed([...path], spine.view)
    return true
  }

  snapshot(exact = false): unknown {
    const view = this.#patch.snapshot(exact) as Record<string, unknown> | undefined
    for (const [name, hole] of this.#holes) {
      if (view !== undefined && Object.hasOwn(view, name)) hole.growing = view[name]
      else if (!hole.isFilled) hole.growing = ABSENT
    }
    const value = this.#root.view
    return value === ABSENT ? undefined : value
  }

  openPlace(): OpenPath | null {
    if (this.#patch.isDone) return null
    const open = this.#patch.openPlace()
    if (open !== null && open.path.length > 0) return { path: this.#outside(open.path), isAmbiguous: open.isAmbiguous }
    const next = [...this.#holes.values()].find((hole) => !hole.isFilled)
    return { path: next === undefined ? [] : holePath(next.place), isAmbiguous: false }
  }

  get unsure(): readonly Path[] {
    const waiting = [...this.#holes.values()].filter((hole) => !hole.isFilled).map(({ place }) => place.path)
    const inside = this.#patch.unsure.map((path) => this.#outside(path))
    return [...this.#baseUnsure, ...this.#unsettled, ...waiting, ...inside]
  }

  get documents(): readonly ShownDocument[] {
    return this.#baseDocuments
  }
  get isDone(): boolean {
    return this.#patch.isDone
  }
  get isStarted(): boolean {
    return this.#patch.isStarted
  }
  get failure(): InterpreterFailure | null {
    const { failure } = this.#patch
    return failure === null
      ? null
      : { ...failure, position: failure.position + this.#start, path: this.#outside(failure.path) }
  }

  /** With what has come of the patch, even when it was cut: complete places only. */
  raw(): unknown {
    const came: unknown = this.#patch.isDone
      ? this.#patch.raw()
      : (this.#record.levels[0]?.container ?? this.#record.value)
    for (const [name, hole] of this.#holes) {
      if (typeof came === 'object' && came !== null && Object.hasOwn(came, name)) hole.raw = Reflect.get(came, name)
      else hole.isLeftOut = hole.place.isOptional && this.#patch.isDone
    }
    return this.#root.mended()
  }

  written(): unknown {
    return this.raw()
  }

  completedElements(path: Path): unknown[] {
    this.snapshot(true)
    const inside = this.#inside(path)
    if (inside !== null) return this.#patch.completedElements(inside)
    const spine = this.#spineAt(path)
    if (spine === null) {
      const array = valueAt(this.snapshot(true), path)
      return Array.isArray(array) ? array.filter((_, index) => this.#isSure([...path, index])) : []
    }
    const elements = spine.completedElements().filter(({ index }) => this.#isSure([...path, index]))
    const further = [...this.#holes].find(([, { parent, place }]) => parent === spine && place.from !== null)
    const more = further === undefined ? [] : this.#patch.completedElements([further[0]])
    return [...elements.map(({ value }) => value), ...more]
  }

  #spineAt(path: Path): PatchedContainer | null {
    let spine = this.#root
    for (const key of path) {
      const child = spine.children.get(key)
      if (!(child instanceof PatchedContainer)) return null
      spine = child
    }
    return spine
  }

  #isSure(path: Path): boolean {
    return ![...this.unsure, ...this.issues.map((issue) => issue.path)].some((place) => startsWith(place, path))
  }

  watchField(path: Path, listener: FieldListener): () => void {
    const inside = this.#inside(path)
    if (inside !== null) return this.#patch.watchField(inside, listener)
    const value = valueAt(this.snapshot(true), path)
    if (typeof value === 'string') listener(value, true)
    return () => {}
  }

  /** A string that a consumer waits for comes with the patch, unless it was there before. */
  #watchInside(path: Path, listener: FieldListener): void {
    const inside = this.#inside(path)
    if (inside !== null && valueAt(this.#root.view, path) === undefined) this.#patch.watchField(inside, listener)
  }
}
