import { deferred } from './async/deferred.ts'
import { toBase64 } from './models/request/base64.ts'
import type { ContentPart, Message } from './types.ts'
import { startRun } from './stream/driver/start-run.ts'
import { bad, show } from './stream/options/checks.ts'
import { checkOptions } from './stream/options/run-options.ts'
import { observersOf, randomId, type RunObserver } from './stream/observers.ts'
import { Run } from './stream/run.ts'
import { StructuredStream } from './stream/structured-stream.ts'
import type { RunOptions, RunResult } from './stream/types.ts'
import type { SchemaLike } from './schema/types.ts'

/** Options of every turn, and of the session. */
export interface SessionOptions<C = unknown> extends RunOptions<C> {
  /** @defaultValue a random one */
  id?: string | undefined
  /** The conversation so far. @defaultValue none */
  messages?: readonly Message[] | undefined
}

/** A session as JSON; `createSession({ ...saved, model })` continues it. */
export interface SavedSession {
  id: string
  messages: Message[]
}

/**
 * A conversation of several turns: each gets what was said before it.
 *
 * 1. Turns of one session never overlap: one that is asked for while another is running starts when that one is over.
 * 2. A turn that succeeds adds its question, the calls of its tools with their results, and its answer.
 * 3. A turn that fails or is aborted adds nothing; but if it had run tools, its question and their calls and results stay,
 *    because what they did cannot be undone.
 * 4. Nothing of the history belongs to one provider: each turn may use another model.
 */
export class Session<C = unknown> {
  readonly id: string
  readonly #options: RunOptions<C>
  readonly #observers: readonly RunObserver[]
  #messages: readonly Message[]
  /** Resolves when all turns so far are over. */
  #turns: Promise<unknown> = Promise.resolve()

  /** @internal Use `createSession`. */
  constructor({ id, messages, ...options }: SessionOptions<C>) {
    checkOptions({ ...options, messages } as RunOptions)
    if (id !== undefined && (typeof id !== 'string' || id === ''))
      throw bad(`\`id\` must be a string that is not empty, got ${show(id)}.`)
    this.id = id ?? randomId()
    this.#messages = [...(messages ?? [])]
    const { observe: _, ...others } = options
    this.#options = others
    this.#observers = observersOf(options)
  }

  /** The conversation so far, without what `system` said; a copy. */
  get messages(): Message[] {
    return [...this.#messages]
  }

  /** `runStream` with what was said before; options given here count more than the session's. */
  runStream<S extends SchemaLike | undefined = undefined>(
    prompt: string | readonly Message[],
    schema?: S,
    options: RunOptions<C> = {},
  ): StructuredStream<S> {
    const before = this.#turns
    const over = deferred<void>()
    this.#turns = Promise.all([before, over.promise])
    const run = new Run({
      id: this.id,
      observers: this.#observers,
      history: async () => {
        await before
        return this.#messages
      },
      end: (messages) => {
        // A copy: the run's own list is handed out by `getMessages()`.
        if (messages !== undefined) this.#messages = [...messages]
        over.resolve()
      },
    })
    // oxlint-disable-next-line typescript/unbound-method -- it is not called: the engine looks for it on the stack
    run.calledBy(Session.prototype.runStream)
    void startRun(run, prompt, schema, this.#with(options) as RunOptions)
    return new StructuredStream<S>(run)
  }

  /** `run` with what was said before. @throws StructStreamError */
  run<S extends SchemaLike | undefined = undefined>(
    prompt: string | readonly Message[],
    schema?: S,
    options: RunOptions<C> = {},
  ): Promise<RunResult<S>> {
    return this.runStream(prompt, schema, options).getResult()
  }

  /** What `JSON.stringify` writes: the id and the messages, in which bytes are `data:` URLs. */
  toJSON(): SavedSession {
    return { id: this.id, messages: this.#messages.map(inText) }
  }

  #with(options: RunOptions<C>): RunOptions<C> {
    // The run reports a mistake in the call.
    if (typeof options !== 'object' || options === null) return options
    const given = Object.entries(options).filter(([, value]) => value !== undefined)
    // Its history is the session's alone: not what `configure` says.
    return { messages: [], ...this.#options, ...Object.fromEntries(given) }
  }
}

/**
 * Begins a conversation, or continues a saved one.
 *
 * @throws `bad_options` at once
 * @example
 * const session = createSession({ model: 'openai:gpt-5.4', system: 'You recommend films.' })
 * const film = await session.run('Something from the 1980s?', Movie)
 * const why = await session.run('Why that one?')
 * await writeFile('session.json', JSON.stringify(session))
 */
export function createSession<C = unknown>(options: SessionOptions<C> = {}): Session<C> {
  return new Session(options)
}

function inText(message: Message): Message {
  if (message.role !== 'user' || typeof message.content === 'string') return message
  return { ...message, content: message.content.map(partInText) }
}

function partInText(part: ContentPart): ContentPart {
  switch (part.type) {
    case 'text':
      return part
    case 'image':
      return { ...part, image: sourceInText(part.image, part.mediaType) }
    case 'file':
      return { ...part, file: sourceInText(part.file, part.mediaType) }
    default: {
      const never: never = part
      return never
    }
  }
}

/** Where no media type is given, the reader of the URL looks at the bytes, as it would have here. */
function sourceInText(source: string | URL | Uint8Array, mediaType = ''): string {
  return source instanceof Uint8Array ? `data:${mediaType};base64,${toBase64(source)}` : String(source)
}
