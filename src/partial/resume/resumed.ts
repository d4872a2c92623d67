import { tee } from '../../json/sinks/tee.ts'
import { ANY } from '../../schema/node.ts'
import type { Issue, Path, Repair } from '../../types.ts'
import { DocumentInterpreter } from '../document/document-interpreter.ts'
import type { InterpreterFailure, InterpreterOptions, OpenPath, Repairable, ShownDocument } from '../interpreter.ts'
import type { ListenerHub, FieldListener } from '../listeners.ts'
import { Continuation, type OpenPart } from './continuation.ts'
import type { Interruption } from './interruption.ts'
import type { ResumePlan } from './plan.ts'

/**
 * A document that was cut, and continues: the text is a further document with the missing parts, and its tokens are
 * fed to the cursor of the one that was cut as if they had come there. So all laws hold over both.
 */
export class ResumedInterpreter implements Repairable {
  readonly interruption: Interruption
  readonly hub: ListenerHub
  readonly node
  readonly options: InterpreterOptions
  readonly #reader: DocumentInterpreter
  /** Where the text begins, in the answer's whole text. */
  readonly #start: number
  #length = 0
  #repairs = 0
  /** The document that was asked for has been found: a further one changes nothing. */
  #part: Continuation | null = null

  constructor(interruption: Interruption, plan: ResumePlan, start: number) {
    this.interruption = interruption
    const { document, candidate, record } = interruption
    this.hub = document.hub
    this.node = document.node
    this.options = document.options
    this.#start = start
    candidate.handOver(() => start + this.#length)
    const target = tee(record, candidate.cursor)
    const open: OpenPart = {
      has(key) {
        const container = record.levels.at(-1)?.container
        return container !== undefined && Object.hasOwn(container, key)
      },
      elements() {
        const container = record.levels.at(-1)?.container
        return Array.isArray(container) ? container : []
      },
      onRepeated: (text) => this.#reportRepeated(text),
    }
    const { decoding, steps } = plan
    if (!steps.some((step) => 'name' in step)) new Continuation(target, steps, open).start()
    this.#reader = new DocumentInterpreter(
      ANY,
      {
        sink: (nobody) => {
          if (this.#part?.isRecognized === true) return nobody
          this.#part = new Continuation(target, steps, open)
          return decoding === null ? this.#part : decoding.sink(this.#part)
        },
        decode: (value) => value,
      },
      { ...document.options, documents: 'one' },
    )
  }

  push(text: string): void {
    this.#length += text.length
    this.#reader.push(text)
    this.#collect()
  }

  end(): void {
    this.#reader.end()
    this.#collect()
    this.interruption.candidate.cursor.settle()
  }

  #reportRepeated(before: string): void {
    const path = [...(this.interruption.document.openPlace()?.path ?? [])]
    this.repairs.push({ kind: 'overlap', position: this.#start + this.#length, path, before, after: '' })
  }

  #collect(): void {
    const { repairs } = this.#reader
    for (const { path: _, ...repair } of repairs.slice(this.#repairs)) {
      const path = [...(this.interruption.document.openPlace()?.path ?? [])]
      this.repairs.push({ ...repair, path, position: repair.position + this.#start })
    }
    this.#repairs = repairs.length
  }

  get repairs(): Repair[] {
    return this.interruption.document.repairs
  }
  get issues(): readonly Issue[] {
    return this.interruption.document.issues
  }
  get unsure(): readonly Path[] {
    return this.interruption.document.unsure
  }
  get documents(): readonly ShownDocument[] {
    return this.interruption.document.documents
  }
  get isDone(): boolean {
    return this.interruption.record.isDone
  }
  get isStarted(): boolean {
    return this.#reader.isStarted
  }
  get failure(): InterpreterFailure | null {
    const failure = this.#reader.failure ?? this.interruption.document.failure
    if (failure === null || failure !== this.#reader.failure) return failure
    const path = [...(this.interruption.document.openPlace()?.path ?? [])]
    return { ...failure, position: failure.position + this.#start, path }
  }

  snapshot(exact = false): unknown {
    return this.interruption.document.snapshot(exact)
  }
  openPlace(): OpenPath | null {
    return this.interruption.document.openPlace()
  }
  raw(): unknown {
    const { candidate, record } = this.interruption
    return candidate.reread(structuredClone(record.isDone ? record.value : record.levels[0]?.container))
  }

  written(): unknown {
    return this.interruption.record.soFar()
  }

  completedElements(path: Path): unknown[] {
    return this.interruption.document.completedElements(path)
  }
  watchField(path: Path, listener: FieldListener): () => void {
    return this.interruption.document.watchField(path, listener)
  }
}
