import { StructStreamError } from '../../errors.ts'
import { Timer } from '../../async/timer.ts'
import type { StructuredStream } from '../../stream/structured-stream.ts'
import { headersOf, Connection } from './connection.ts'
import { errorReply } from './error-response.ts'
import type { ServerOptions } from './server-options.ts'

/**
 * Returns a stream as a Web `Response`, for Hono, Next.js route handlers, h3, Deno, Bun and edge workers. When the
 * client leaves, the model is stopped, unless the stream has another reader.
 *
 * With the format `text`, the response can be awaited, as an `async` route that returns it does: an error before the first
 * character is its HTTP status then. One that isn't awaited has status 200, and is cut.
 *
 * @throws `bad_options`, and the stream is stopped; what goes wrong later is sent to the client
 * @example
 * app.post('/recipe', async (c) => toResponse(runStream(await c.req.text(), Recipe, { model })))
 */
export function toResponse<S>(
  stream: StructuredStream<S>,
  options: ServerOptions & { format: 'text' },
): Response & PromiseLike<Response>
export function toResponse<S>(stream: StructuredStream<S>, options?: ServerOptions): Response
export function toResponse<S>(stream: StructuredStream<S>, options: ServerOptions = {}): Response {
  const connection = Connection.open(stream, options, 'toResponse()')
  const { format, keepAlive } = connection
  const encoder = new TextEncoder()
  const silence = new Timer()
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const wait = (): void => {
          silence.start(keepAlive, () => {
            const { silence: text } = connection
            if (text !== undefined) controller.enqueue(encoder.encode(text))
            wait()
          })
        }
        wait()
        try {
          const text = await connection.next()
          if (text === undefined) controller.close()
          else controller.enqueue(encoder.encode(text))
        } catch (error) {
          controller.error(error)
        } finally {
          silence.stop()
        }
      },
      cancel() {
        silence.stop()
        connection.leave()
      },
    },
    // Pulled only when the connection can take more: what comes meanwhile goes into one piece.
    { highWaterMark: 0 },
  )
  try {
    const init = { status: options.status ?? 200, headers: headersOf(format, options.headers) }
    const response = new Response(body, init)
    return format.hasStatus === true ? awaitable(response, connection, init) : response
  } catch (cause) {
    connection.leave()
    throw new StructStreamError('bad_options', `The response could not be made: ${String(cause)}`, { cause })
  }
}

/** The response, which waits for the first character where it is awaited. */
function awaitable(
  response: Response,
  connection: Connection,
  init: { status: number; headers: Record<string, string> },
): Response {
  const settled = async (): Promise<Response> => {
    try {
      await connection.peek()
    } catch (error) {
      const { body, ...reply } = errorReply(error)
      return new Response(body, { ...reply, headers: { ...init.headers, ...reply.headers } })
    }
    return new Response(response.body, init)
  }
  const then: PromiseLike<Response>['then'] = (resolve, reject) => settled().then(resolve, reject)
  // A synchronous caller has a response at once; only one that can wait learns of the error in time.
  // oxlint-disable-next-line unicorn/no-thenable
  return Object.defineProperty(response, 'then', { value: then })
}
