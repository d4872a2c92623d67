import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** Starts the example pages as their users do, on a free port. */
export async function startPages(): Promise<{ url: string; stop: () => Promise<void> }> {
  const { STRUCTSTREAM_MODEL: _, ...env } = process.env
  const child = spawn(process.execPath, ['--import', 'tsx', 'examples/pages/serve.ts'], {
    cwd: join(import.meta.dirname, '../..'),
    env: { ...env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  for await (const bytes of child.stdout) {
    said += String(bytes)
    const url = /http:\S+/.exec(said)?.[0]
    if (url === undefined) continue
    const stop = async (): Promise<void> => {
      child.kill()
      await once(child, 'exit')
    }
    return { url, stop }
  }
  throw new Error(`The pages were not served: ${said}`)
}
