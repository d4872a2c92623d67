import type { GeneratedFile } from '../../types.ts'

/** An answer with more in it than text: with calls of tools, with files, with its own reasoning. */
export interface SimulatedReply {
  /** What it says; `data` is written as JSON. */
  text?: string
  data?: unknown
  /** Counts more than `reasoning` of the options. */
  reasoning?: string
  /** The tools it calls; `arguments` that aren't text are written as JSON. It ends with `tool-calls` then. */
  toolCalls?: readonly { name: string; arguments?: unknown; id?: string }[]
  /** The files it makes. */
  files?: readonly GeneratedFile[]
}

const KEYS = ['text', 'data', 'reasoning', 'toolCalls', 'files']

/**
 * Tells such an answer from data that are to be written as JSON: it has no other keys, and calls of tools by name or
 * files of bytes, which JSON has not.
 */
export function isSimulatedReply(value: unknown): value is SimulatedReply {
  if (typeof value !== 'object' || value === null || !Object.keys(value).every((key) => KEYS.includes(key)))
    return false
  const { toolCalls, files } = value as Record<string, unknown>
  return (
    isListOf(toolCalls, (call) => typeof call['name'] === 'string') ||
    isListOf(files, (file) => file['data'] instanceof Uint8Array)
  )
}

function isListOf(value: unknown, test: (item: Record<string, unknown>) => boolean): boolean {
  if (!Array.isArray(value) || value.length === 0) return false
  return value.every((item) => typeof item === 'object' && item !== null && test(item as Record<string, unknown>))
}
