import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

interface Answer {
  id?: number
  method?: string
  result?: unknown
  error?: { message: string }
}

/** TypeScript's language server over stdio: what an editor offers. */
export class LanguageServer {
  readonly #root: string
  readonly #process: ChildProcessWithoutNullStreams
  readonly #waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>()
  #buffer = Buffer.alloc(0)
  #requests = 0

  private constructor(root: string) {
    this.#root = root
    const program = join(root, 'node_modules/typescript/bin/tsc')
    this.#process = spawn(process.execPath, [program, '--lsp', '--stdio'], { cwd: root })
    this.#process.stdout.on('data', (chunk: Buffer) => this.#read(chunk))
    this.#process.on('exit', (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`The language server ended with ${code}`))
    })
  }

  static async start(root: string): Promise<LanguageServer> {
    const server = new LanguageServer(root)
    const rootUri = pathToFileURL(root).href
    await server.#ask('initialize', { processId: process.pid, rootUri, capabilities: {} })
    server.#send({ method: 'initialized', params: {} })
    return server
  }

  /** Opens a file that needs no place on disk. Its places are asked for afterwards, so that it is checked once. */
  open(path: string, text: string): (offset: number) => Promise<string[]> {
    const uri = pathToFileURL(join(this.#root, path)).href
    this.#send({
      method: 'textDocument/didOpen',
      params: { textDocument: { uri, languageId: 'typescript', version: 1, text } },
    })
    return async (offset) => {
      const before = text.slice(0, offset).split('\n')
      const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 }
      const found = await this.#ask('textDocument/completion', { textDocument: { uri }, position })
      const items = Array.isArray(found) ? found : ((found as { items?: unknown[] } | null)?.items ?? [])
      return (items as { label: string }[]).map(({ label }) => label).toSorted()
    }
  }

  stop(): void {
    this.#process.kill()
  }

  #ask(method: string, params: object): Promise<unknown> {
    this.#requests += 1
    const id = this.#requests
    this.#send({ id, method, params })
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
    })
  }

  #send(message: object): void {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message })
    this.#process.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  }

  #read(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk])
    for (;;) {
      const header = this.#buffer.indexOf('\r\n\r\n')
      if (header === -1) return
      const length = Number(/Content-Length: (\d+)/i.exec(this.#buffer.toString('latin1', 0, header))?.[1])
      const end = header + 4 + length
      if (this.#buffer.length < end) return
      const message = JSON.parse(this.#buffer.toString('utf8', header + 4, end)) as Answer
      this.#buffer = this.#buffer.subarray(end)
      this.#take(message)
    }
  }

  #take({ id, method, result, error }: Answer): void {
    if (id === undefined) return
    // Its own questions, about settings and the like, need an answer.
    if (method !== undefined) return this.#send({ id, result: null })
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (error === undefined) waiting?.resolve(result)
    else waiting?.reject(new Error(error.message))
  }
}
