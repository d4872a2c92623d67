import type { StructStreamError } from '../../errors.ts'
import {
  bad,
  boolean,
  check,
  checkNames,
  isObject,
  isString,
  milliseconds,
  nearest,
  show,
  type Check,
  type Nested,
} from '../../stream/options/checks.ts'
import type { AgUiOptions } from '../formats/ag-ui-input.ts'
import { parsePosition, type Position } from '../position.ts'
import type { DescribeError } from './disclosure.ts'

/** The names of formats, in the order in which messages list them. */
export const FORMAT_NAMES = ['sse', 'ndjson', 'text', 'ui-message', 'ag-ui'] as const

/**
 * `sse`, `ndjson`: the structstream protocol, for `structstream/client`. `text`: the JSON text, or plain text, for
 * `useObject` of the AI SDK. `ui-message`: the AI SDK's UI message stream v1, for `useChat`. `ag-ui`: AG-UI 1.0.
 */
export type FormatName = (typeof FORMAT_NAMES)[number]

/** Options for sending a stream. */
export interface ServerOptions {
  /** @defaultValue 'sse' */
  format?: FormatName | undefined
  /** Added to the response's headers; they replace ours. */
  headers?: Record<string, string> | Headers | undefined
  /** HTTP status. @defaultValue 200 */
  status?: number | undefined
  /**
   * Milliseconds of silence after which a comment is sent, so that proxies and servers keep the connection; `Infinity`
   * for none. @defaultValue 8,000: `Bun.serve` closes after 10 s
   */
  keepAlive?: number | undefined
  /**
   * Milliseconds that text waits for more of it, when small frames would cost more than their share. The first
   * kilobytes never wait. 0: nothing waits. @defaultValue 100
   */
  gather?: number | undefined
  /**
   * When the JSON text of a structured answer is sent in `ui-message` and `ag-ui`: `'end'`, once, when it is certain;
   * `'none'`, only the data; `'live'`, while it grows and in place of the state, as TanStack AI needs it (`ag-ui` only).
   * @defaultValue 'end'
   */
  answerText?: 'end' | 'none' | 'live' | undefined
  /** For the format `ag-ui`. */
  agUi?: AgUiOptions | undefined
  /** Send the model's reasoning. @defaultValue true */
  reasoning?: boolean | undefined
  /** Send tool calls with their input and output. @defaultValue true */
  tools?: boolean | undefined
  /**
   * URL where this stream can be asked for again after a cut: `toResponse(stream, { lastEventId })` there continues
   * where the connection broke, and a DELETE asks for an abort. The run is not stopped when a client leaves, but when
   * `linger` says so. Formats `sse` and `ndjson`.
   */
  resume?: string | undefined
  /** The `last-event-id` header of a request that asks for the rest. Formats `sse` and `ndjson`. */
  lastEventId?: string | null | undefined
  /**
   * Returns what the receiver reads of an error, in place of its message; `undefined` for the general sentence of its
   * code. Without it, errors about the server's own matters (`no_model`, `bad_options`, `unsupported_schema`,
   * `provider_error`, `rate_limited`, `connection_lost`, `tool_failed`) become general sentences.
   */
  describeError?: DescribeError | undefined
  /**
   * Called once for a run that failed, with the whole error. A run that was aborted, by its client for instance, has
   * not failed. @defaultValue one line to the console, unless an observer with `end` hears of it
   */
  onError?: ((error: StructStreamError) => void) | undefined
}

/** Options for sending a stream over a WebSocket. */
export type SocketOptions = Pick<
  ServerOptions,
  'reasoning' | 'tools' | 'describeError' | 'onError' | 'keepAlive' | 'gather'
>

const callback = check('a function', (v) => typeof v === 'function')
const text = check('a text', isString)

const checks: Record<keyof ServerOptions, Check | Nested> = {
  // Has its own message.
  format: () => undefined,
  headers: check('an object with a text for each name, or Headers', (v) => isObject(v) && entriesOf(v).every(isHeader)),
  status: check('an HTTP status from 200 to 599', (v) => Number.isInteger(v) && Number(v) >= 200 && Number(v) <= 599),
  keepAlive: check('milliseconds from 1, or Infinity', (v) => typeof v === 'number' && v >= 1),
  gather: milliseconds,
  answerText: check("'end', 'none' or 'live'", (v) => ['end', 'none', 'live'].includes(v as string)),
  agUi: {
    keys: {
      input: check('the RunAgentInput of the request, with `threadId` and `runId`', isInput),
      stateKey: check('a text that is not empty', (v) => isString(v) && v !== ''),
    },
  },
  reasoning: boolean,
  tools: boolean,
  resume: check('a URL or path', (v) => isString(v) && v !== '' && !/[\r\n]/.test(v)),
  lastEventId: (value) => (value === null ? undefined : text(value)),
  describeError: callback,
  onError: callback,
}

/**
 * Checks names and values of options.
 *
 * @param what the function that takes them, for the message
 * @param without names that this function doesn't take
 * @throws `bad_options`
 */
export function checkServerOptions(
  options: object,
  what: string,
  without: readonly (keyof ServerOptions)[] = [],
): void {
  if (!isObject(options)) throw bad(`Expected the options of ${what} to be an object, got ${show(options)}.`)
  const known = Object.fromEntries(Object.entries(checks).filter(([name]) => !without.includes(name as never)))
  checkNames(options, known, `option of ${what}`)
  const { format = 'sse', resume, lastEventId, answerText, agUi } = options as ServerOptions
  if (!FORMAT_NAMES.includes(format)) {
    const close = nearest(String(format), FORMAT_NAMES)
    const hint = close === undefined ? `There are: ${FORMAT_NAMES.join(', ')}.` : `Did you mean "${close}"?`
    throw bad(`Unknown format "${String(format)}". ${hint}`)
  }
  if (answerText === 'live' && format !== 'ag-ui')
    throw bad(`\`answerText: 'live'\` of ${what} is for the format "ag-ui", got "${format}".`)
  if (agUi !== undefined && format !== 'ag-ui')
    throw bad(`\`agUi\` of ${what} is for the format "ag-ui", got "${format}".`)
  const isResumed = resume !== undefined || positionOf(lastEventId).id > 0
  if (isResumed && format !== 'sse' && format !== 'ndjson')
    throw bad(`The format "${format}" cannot be resumed; "sse" and "ndjson" can.`)
}

/** Reads a `last-event-id` header. @throws `bad_options` */
export function positionOf(lastEventId: string | null | undefined): Position {
  if (lastEventId == null || lastEventId === '') return { id: 0, birth: undefined }
  const position = parsePosition(lastEventId)
  if (position !== undefined) return position
  throw bad(`Expected the id of an event (a whole number) in last-event-id, got ${JSON.stringify(lastEventId)}.`)
}

/** Name and value of each header. */
export function entriesOf(headers: object): [string, unknown][] {
  return Symbol.iterator in headers ? [...(headers as Iterable<[string, unknown]>)] : Object.entries(headers)
}

function isInput(value: unknown): boolean {
  return isObject(value) && isString(value['threadId']) && isString(value['runId'])
}

function isHeader(entry: [string, unknown]): boolean {
  return Array.isArray(entry) && isString(entry[1])
}
