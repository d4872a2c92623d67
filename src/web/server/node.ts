import { quiet } from '../../async/deferred.ts'
import { Timer } from '../../async/timer.ts'
import type { StructuredStream } from '../../stream/structured-stream.ts'
import { headersOf, Connection } from './connection.ts'
import { errorReply, type ErrorReply } from './error-response.ts'
import type { ServerOptions } from './server-options.ts'
import { print } from './report-failure.ts'

/** What is used of `ServerResponse` of `node:http`. */
export interface NodeResponse {
  readonly destroyed: boolean
  readonly headersSent: boolean
  writeHead(status: number, headers: Record<string, string>): unknown
  flushHeaders(): void
  write(text: string): boolean
  end(): unknown
  destroy(): unknown
  on(event: 'close' | 'drain' | 'error', listener: () => void): unknown
  off(event: 'close' | 'drain' | 'error', listener: () => void): unknown
}

/**
 * Writes a stream to a response of `node:http`, Express or Fastify (`reply.raw`, after `reply.hijack()`). When the client
 * leaves, the model is stopped, unless the stream has another reader.
 *
 * @returns when the response has ended or the client has left
 * @throws `bad_options`: the client gets status 500, the stream is stopped, and a call that isn't awaited causes no
 *   unhandled rejection. What goes wrong later is sent to the client
 * @example
 * http.createServer((req, res) => pipeToNode(runStream(prompt, Recipe, { model }), res))
 */
export function pipeToNode<S>(
  stream: StructuredStream<S>,
  response: NodeResponse,
  options: ServerOptions = {},
): Promise<void> {
  let connection: Connection
  try {
    connection = Connection.open(stream, options, 'pipeToNode()')
  } catch (error) {
    refuse(response)
    // The common form, `(req, res) => pipeToNode(...)`, awaits nothing: without this line the mistake would be silent.
    print(String(error))
    return quiet(Promise.reject(error))
  }
  return pipe(connection, response, options)
}

/** A client whose stream can't be sent must not wait for it. */
function refuse(response: NodeResponse): void {
  if (response.destroyed) return
  if (response.headersSent) return void response.destroy()
  response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' })
  response.write('The answer could not be sent.')
  response.end()
}

function reply(response: NodeResponse, { status, headers, body }: ErrorReply): void {
  if (response.destroyed) return
  response.writeHead(status, headers)
  response.write(body)
  response.end()
}

async function pipe(connection: Connection, response: NodeResponse, options: ServerOptions): Promise<void> {
  const { format, keepAlive } = connection
  const silence = new Timer()
  let isGone = response.destroyed
  let onDrain: (() => void) | undefined

  const wait = (): void => {
    if (isGone) return
    silence.start(keepAlive, () => {
      const { silence: text } = connection
      // A connection that takes nothing is not silent because of us.
      if (onDrain === undefined && text !== undefined) response.write(text)
      wait()
    })
  }
  const onClose = (): void => {
    isGone = true
    onDrain?.()
    connection.leave()
  }
  const drained = (): Promise<void> =>
    new Promise((resolve) => {
      onDrain = () => {
        onDrain = undefined
        response.off('drain', resume)
        resolve()
      }
      const resume = onDrain
      response.on('drain', resume)
    })
  // A socket that breaks also closes.
  const onError = (): void => {}

  if (isGone) return connection.leave()
  response.on('close', onClose)
  response.on('error', onError)
  try {
    if (format.hasStatus === true && !response.headersSent) {
      try {
        await connection.peek()
      } catch (error) {
        response.off('close', onClose)
        return reply(response, errorReply(error))
      }
      if (isGone) return
    }
    if (!response.headersSent) response.writeHead(options.status ?? 200, headersOf(format, options.headers))
    response.flushHeaders()
    for (;;) {
      wait()
      const text = await connection.next()
      silence.stop()
      if (isGone) return
      if (text === undefined) break
      if (!response.write(text)) await drained()
      if (isGone) return
    }
    response.off('close', onClose)
    response.end()
  } catch {
    response.off('close', onClose)
    response.destroy()
  } finally {
    silence.stop()
    response.off('close', onClose)
    response.off('error', onError)
  }
}
