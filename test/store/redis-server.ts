import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const found = spawnSync('redis-server', ['--version']).status === 0

/** Why the tests with a real server are skipped, if they are. */
export const skipReason = found ? undefined : 'redis-server is not installed (Debian: apt-get install redis-server)'

/** A `redis-server` of one's own, on a port that was free, stopped by its own process. */
export interface RedisServer extends AsyncDisposable {
  readonly port: number
  readonly url: string
  readonly pid: number
  /** Stops it, as a crash does, and starts it again on its port; with `ms` between. */
  restart(ms?: number): Promise<void>
}

/** `keeps`: what it knows outlives a restart, for which each command waits for the disk. */
export async function startRedis({ keeps = false } = {}): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'structstream-redis-'))
  const port = await freePort()
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder]
  if (keeps) args.push('--appendonly', 'yes', '--appendfsync', 'always')
  const start = (): Promise<ChildProcess> => {
    const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] })
    return new Promise((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}`)))
      child.stdout.on('data', (text: Buffer) => {
        if (text.toString().includes('Ready to accept connections')) resolve(child)
      })
    })
  }
  const stop = (child: ChildProcess): Promise<void> =>
    new Promise((resolve) => {
      child.once('exit', () => resolve())
      child.kill('SIGKILL')
    })
  let server = await start()
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    get pid() {
      return server.pid!
    },
    async restart(ms = 0) {
      await stop(server)
      await new Promise((resolve) => setTimeout(resolve, ms))
      server = await start()
    },
    async [Symbol.asyncDispose]() {
      await stop(server)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}
