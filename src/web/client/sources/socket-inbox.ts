import type { ClientSocket } from './kinds.ts'

const OPEN = 1

/**
 * Listens to a socket from the moment it is made, and keeps what comes until it is read: the code that reads is loaded
 * on first use, and a socket repeats nothing.
 */
export class SocketInbox {
  readonly socket: ClientSocket
  /** Called when something came: a message, the opening, the end. */
  onNews: (() => void) | undefined
  isClosed: boolean
  /** The stream is over, so the server needn't be asked to stop. */
  isOver = false
  #messages: unknown[] = []

  constructor(socket: ClientSocket) {
    this.socket = socket
    this.isClosed = socket.readyState > OPEN
    socket.addEventListener('message', this.#onMessage)
    socket.addEventListener('open', this.#onNews)
    socket.addEventListener('close', this.#onClose)
    socket.addEventListener('error', this.#onClose)
  }

  /** Whether the socket can send. */
  get isOpen(): boolean {
    return this.socket.readyState === OPEN
  }

  get hasMessages(): boolean {
    return this.#messages.length > 0
  }

  /** What has come since the last call. */
  take(): unknown[] {
    const messages = this.#messages
    this.#messages = []
    return messages
  }

  /** Closes the socket; a stream that isn't over is stopped on the server. May be called again. */
  close(): void {
    const { socket } = this
    socket.removeEventListener('message', this.#onMessage)
    socket.removeEventListener('open', this.#onNews)
    socket.removeEventListener('close', this.#onClose)
    socket.removeEventListener('error', this.#onClose)
    if (!this.isOver && this.isOpen) socket.send('{"type":"abort"}')
    this.isOver = true
    if (socket.readyState <= OPEN) socket.close()
    this.#onClose()
  }

  readonly #onMessage = ({ data }: { data: unknown }): void => {
    this.#messages.push(data)
    this.onNews?.()
  }

  readonly #onNews = (): void => this.onNews?.()

  readonly #onClose = (): void => {
    this.isClosed = true
    this.onNews?.()
  }
}
