import { CONFIG_PATH, type PlayConfig } from '../protocol.ts'

/** Milliseconds after which the page starts without it. */
const PATIENCE = 5_000

/** What the server can do; undefined when it doesn't answer: then only the simulated model and ready-made schemas can be chosen. */
export async function loadConfig(): Promise<PlayConfig | undefined> {
  try {
    const response = await fetch(CONFIG_PATH, { signal: AbortSignal.timeout(PATIENCE) })
    return (await response.json()) as PlayConfig
  } catch {
    return undefined
  }
}
