import { afterTurn } from '../../async/turn.ts'
import { END, Consumer, NONE } from '../../async/consumer.ts'
import type { Attempt } from '../../stream/attempt.ts'
import type { DeltaRun } from '../../stream/event-log.ts'
import type { Run } from '../../stream/run.ts'
import type { StreamEvent } from '../../stream/types.ts'
import { StructStreamError, type ErrorCode } from '../../errors.ts'
import { LONGEST_TEXT, VERSION, type WireEvent, type WireItem } from '../protocol.ts'
import { newBirth } from '../position.ts'
import type { Disclosure } from './disclosure.ts'
import { Gathering, type GatherRules } from './gathering.ts'

/** What the receiver of a run gets. */
export interface WireContext {
  /** The receiver knows everything up to this id. */
  from: number
  /** Of the stream with this birth mark, if the receiver has named one. */
  birth: string | undefined
  /** The model's reasoning. */
  reasoning: boolean
  /** Calls of tools, with what they were given and what they gave. */
  tools: boolean
  /** Where the rest can be asked for after a cut. */
  resume: string | undefined
  /** What texts about errors become. */
  disclosure: Disclosure
  /** How small deltas are put together. @defaultValue what comes in one turn of the event loop */
  gather?: GatherRules
}

/**
 * A run as events of the protocol. An item is all that is there at that moment, so a slow connection gets fewer and
 * larger writes, and nothing is kept for it but its place in the log. It ends normally after `end` or `error`.
 */
export class WireConsumer extends Consumer<WireItem[]> {
  readonly #run: Run
  readonly #context: WireContext
  #entry = 0
  /** Position in the deltas of that entry. */
  #place = 0
  /** Entries of the log that were passed, each delta one. */
  #passed = 0
  #isGreeted = false
  #isOver = false
  #turn: Turn | undefined
  readonly #gathering: Gathering | undefined

  constructor(run: Run, context: WireContext) {
    super(run)
    this.#run = run
    this.#context = context
    const { gather } = context
    this.#gathering = gather && new Gathering(gather, run.log, () => this.notify())
  }

  protected override pull(): WireItem[] | typeof NONE | typeof END {
    if (this.#isOver) return END
    const { outcome } = this.#run
    // A provider's segment holds many deltas, which come one after the other: they go into one write.
    if (this.#isGreeted && outcome === undefined) {
      if (!this.#hasMore() || this.#turn?.isOver === false) return NONE
      if (this.#turn === undefined) {
        this.#turn = new Turn(() => this.notify())
        return NONE
      }
      if (this.#gathering?.isOpen === true) return NONE
    }
    this.#turn = undefined
    const items: WireItem[] = []
    if (!this.#isGreeted) {
      this.#isGreeted = true
      const { from, birth, resume } = this.#context
      const own = resume === undefined && birth === undefined ? undefined : birthOf(this.#run)
      const hello: WireEvent = {
        type: 'hello',
        version: VERSION,
        ...(own !== undefined && { birth: own }),
        ...(resume !== undefined && { resume }),
      }
      items.push({ id: from, event: hello })
      if (birth !== undefined && birth !== own) return this.#refuse(items, 'expired', ANOTHER)
      this.#readLog(items)
      // The end has its own id.
      if (from > this.#passed + (outcome === undefined ? 0 : 1)) return this.#refuse(items, 'gap', AHEAD)
    } else this.#readLog(items)
    this.#gathering?.begin(this.#entry, this.#place)
    if (outcome !== undefined) {
      this.#isOver = true
      items.push({ id: this.#passed + 1, event: this.#last(outcome) })
    }
    return items.length === 0 ? NONE : items
  }

  protected override close(): void {
    this.#turn?.stop()
    this.#gathering?.stop()
  }

  #refuse(items: WireItem[], code: ErrorCode, message: string): WireItem[] {
    this.#isOver = true
    const error = this.#context.disclosure.error(new StructStreamError(code, message))
    items.push({ id: this.#context.from, event: { type: 'error', error } })
    return items
  }

  #hasMore(): boolean {
    const { entries } = this.#run.log
    const entry = entries[this.#entry]
    if (entry === undefined) return false
    return entry.type !== 'deltas' || this.#entry + 1 < entries.length || this.#place < entry.to
  }

  #readLog(items: WireItem[]): void {
    const { entries } = this.#run.log
    for (;;) {
      const entry = entries[this.#entry]
      if (entry === undefined) return
      if (entry.type === 'deltas') {
        this.#readDeltas(entry, items)
        // The last run of deltas may still grow.
        if (this.#entry + 1 === entries.length) return
        this.#place = 0
      } else {
        this.#passed++
        if (this.#passed > this.#context.from) this.#add(entry, items)
      }
      this.#entry++
    }
  }

  #readDeltas({ kind, deltas, call, from, to }: DeltaRun, items: WireItem[]): void {
    let place = Math.max(this.#place, from)
    const known = Math.min(to - place, Math.max(0, this.#context.from - this.#passed))
    place += known
    this.#passed += known
    let text = ''
    for (; place < to; place++) {
      text += deltas.at(place)
      this.#passed++
      if (text.length >= LONGEST_TEXT) {
        this.#addText(kind, call, text, items)
        text = ''
      }
    }
    this.#place = place
    if (text !== '') this.#addText(kind, call, text, items)
  }

  #addText(type: DeltaRun['kind'], call: DeltaRun['call'], text: string, items: WireItem[]): void {
    if (type === 'reasoning-delta' && !this.#context.reasoning) return
    if (type === 'tool-call-delta') {
      const own = this.#tool({ type, id: call!.id, text })
      if (own !== undefined) items.push({ id: this.#passed, event: own })
      return
    }
    items.push({ id: this.#passed, event: { type, text } })
  }

  #add(event: StreamEvent, items: WireItem[]): void {
    const own = this.#translate(event)
    if (own !== undefined) items.push({ id: this.#passed, event: own })
  }

  #translate(event: StreamEvent): WireEvent | undefined {
    const attempt = this.#run.attempts[event.attempt - 1]
    switch (event.type) {
      case 'attempt-start':
        return attempt === undefined ? undefined : this.#start(attempt)
      case 'tool-call-start':
        return this.#tool({ type: event.type, id: event.id, name: event.name })
      case 'tool-call-delta':
        return this.#tool({ type: event.type, id: event.id, text: event.text })
      case 'tool-call-end':
        return this.#tool({ type: event.type, id: event.id })
      case 'tool-result': {
        const { type, id, name, output, error } = event
        return this.#tool({
          type,
          id,
          name,
          ...(output !== undefined && { output }),
          ...(error !== undefined && { error: this.#context.disclosure.toolFailure(error) }),
        })
      }
      case 'file': {
        const { mediaType, data, filename } = event.file
        return { type: 'file', mediaType, data: base64(data), ...(filename !== undefined && { filename }) }
      }
      case 'extra-answer':
        return { type: 'extra-answer', text: event.text }
      case 'usage':
        return { type: 'usage', usage: event.usage }
      case 'restart': {
        const { type, issues, wait } = event
        return {
          type,
          reason: this.#reason(event),
          issues: this.#context.disclosure.issues(issues),
          ...this.#failed(event.attempt),
          ...(wait !== undefined && { wait }),
        }
      }
      case 'patch': {
        const { type, paths, wait } = event
        return { type, paths, ...this.#failed(event.attempt), ...(wait !== undefined && { wait }) }
      }
      case 'recover': {
        const { type, paths, wait } = event
        return {
          type,
          reason: this.#reason(event),
          paths,
          ...this.#failed(event.attempt),
          ...(wait !== undefined && { wait }),
        }
      }
      case 'finish': {
        const { requestId, modelId, rawFinish } = attempt ?? {}
        return {
          type: 'finish',
          reason: event.reason,
          ...(modelId !== undefined && modelId !== attempt?.model.id && { model: modelId }),
          ...(requestId !== undefined && { requestId }),
          ...(rawFinish !== undefined && { raw: rawFinish }),
        }
      }
      // Follow from the text.
      case 'value-complete':
      case 'replace':
      case 'issue':
      case 'repair':
        return undefined
      // Kept as runs of deltas.
      case 'text-delta':
      case 'reasoning-delta':
        return undefined
      default: {
        const never: never = event
        return never
      }
    }
  }

  #tool(event: WireEvent): WireEvent | undefined {
    return this.#context.tools ? event : undefined
  }

  /** What ended the attempt before `next`. */
  #failed(next: number): { code?: ErrorCode } {
    const code = this.#run.attempts[next - 2]?.error?.code
    return code === undefined ? {} : { code }
  }

  #reason({ attempt, reason }: { attempt: number; reason: string }): string {
    return this.#context.disclosure.reason(this.#run.attempts[attempt - 2]?.error, reason)
  }

  #start(attempt: Attempt): WireEvent {
    const { number, kind, model, answer, format } = attempt
    const isSame = this.#run.attempts[number - 2]?.answer === answer
    const join = answer.joinOf(number)
    const writes = join !== undefined ? 'parts' : isSame ? 'more' : 'answer'
    return {
      type: 'attempt-start',
      kind,
      writes,
      provider: model.provider,
      model: model.id,
      ...(format !== undefined && writes !== 'more' && { dialect: model.dialect, mode: format.mode }),
      ...(writes === 'answer' && format !== undefined && !answer.options.repair && { repair: false }),
      ...(join?.told !== undefined && { parts: join.told }),
    }
  }

  #last(outcome: NonNullable<Run['outcome']>): WireEvent {
    const { disclosure } = this.#context
    if (!outcome.ok) return { type: 'error', error: disclosure.error(outcome.error) }
    const warnings = outcome.result.warnings.map(({ path, message }) => ({ path, message: disclosure.text(message) }))
    const { answer, error } = this.#run.attempts.at(-1) ?? {}
    // With an error: it was cut after its end, and no further call was needed.
    const isHealed = answer?.isJoined === true || error !== undefined
    return {
      type: 'end',
      ...(isHealed && { raw: answer?.read().raw() }),
      ...(warnings.length > 0 && { warnings }),
    }
  }
}

const ANOTHER =
  'The stream that was being read is gone, and another one has its place now. Read that one from the start.'
const AHEAD = 'The stream has no event with this id yet. Read it from the start.'

/** The birth mark of a run in this process. */
const births = new WeakMap<Run, string>()

function birthOf(run: Run): string {
  let birth = births.get(run)
  if (birth === undefined) births.set(run, (birth = newBirth()))
  return birth
}

/** The rest of this turn of the event loop. */
class Turn {
  isOver = false
  readonly #stop: () => void

  constructor(then: () => void) {
    const end = (): void => {
      this.isOver = true
      then()
    }
    this.#stop = afterTurn(end)
  }

  stop(): void {
    this.#stop()
  }
}

/** In pieces: a call takes only this many arguments. */
function base64(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += 8_192) binary += String.fromCharCode(...bytes.subarray(at, at + 8_192))
  return btoa(binary)
}
