import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { UsageError } from './usage-error.ts'

/** One line of the input. */
export interface BatchItem {
  key: string
  prompt: string
}

/**
 * Reads the items of a JSONL file, one at a time: each line is a JSON string, the prompt, or an object with `prompt`
 * and, if it has a name, `key`. Empty lines are skipped.
 *
 * @param path `-` reads standard input
 * @throws {@link UsageError} that names the line
 */
export async function* readItems(path: string, stdin: Readable): AsyncGenerator<BatchItem, void> {
  const input = path === '-' ? stdin : createReadStream(path)
  let number = 0
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      number++
      if (line.trim() !== '') yield itemOf(line, `${path}, line ${number}`)
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
    throw new UsageError(`${path} can't be read: ${(error as Error).message}`, { cause: error })
  }
}

function itemOf(line: string, place: string): BatchItem {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (cause) {
    throw new UsageError(`${place} isn't JSON. Each line is a JSON string or { "prompt": …, "key": … }`, { cause })
  }
  if (typeof value === 'string') return { key: value, prompt: value }
  const { prompt, key = prompt } = (value ?? {}) as Record<string, unknown>
  if (typeof prompt !== 'string' || typeof key !== 'string') {
    throw new UsageError(`${place} needs "prompt", and "key" if there is one, as strings`)
  }
  return { key, prompt }
}
