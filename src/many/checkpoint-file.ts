import { StructStreamError } from '../errors.ts'
import type { CheckpointEntry } from './types.ts'

/** An open checkpoint. */
export interface OpenCheckpoint {
  /** The entries saved by earlier starts, oldest first. */
  readonly entries: readonly unknown[]
  save(entry: CheckpointEntry): void | Promise<void>
  close(): Promise<void>
}

/** What is used of `node:fs/promises`, whose types a program for browsers doesn't have. */
interface FileSystem {
  open(path: string, flags: string): Promise<FileHandle>
}
interface FileHandle {
  readFile(): Promise<Uint8Array>
  truncate(length: number): Promise<void>
  appendFile(text: string): Promise<void>
  close(): Promise<void>
}

/**
 * Opens a file with one entry of JSON per line. A last line without an end was being written when its process died:
 * it is cut off, so that the next entry has its own line.
 *
 * @throws `bad_options` where there is no file system, or when the file can't be used
 */
export async function openCheckpointFile(path: string): Promise<OpenCheckpoint> {
  const system = await fileSystem()
  const file = await system.open(path, 'a+').catch((cause: unknown) => {
    throw unusable(path, `can't be opened: ${(cause as Error).message}`, cause)
  })
  try {
    const bytes = await file.readFile()
    const end = bytes.lastIndexOf(0x0a) + 1
    const lines = new TextDecoder().decode(bytes.subarray(0, end)).split('\n')
    const entries = lines.flatMap((line, index) => (line.trim() === '' ? [] : [entryOf(line, index + 1, path)]))
    if (end < bytes.length) await file.truncate(end)
    // One line at a time: two writes at once could mix.
    let last: Promise<unknown> = Promise.resolve()
    return {
      entries,
      save: (entry) => {
        const saved = last.then(() => file.appendFile(`${JSON.stringify(entry)}\n`))
        last = saved.catch(() => {})
        return saved
      },
      close: async () => {
        await last
        await file.close()
      },
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

async function fileSystem(): Promise<FileSystem> {
  try {
    // By a name that bundlers leave alone: a page that passes { load, save } needs no such module.
    const name = 'node:fs/promises'
    return (await import(/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ name)) as FileSystem
  } catch (cause) {
    const message = 'This runtime has no file system, which a path as `checkpoint` needs. Pass { load, save } instead.'
    throw new StructStreamError('bad_options', message, { cause })
  }
}

function entryOf(line: string, number: number, path: string): unknown {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw unusable(path, `has no JSON on line ${number}`, cause)
  }
}

function unusable(path: string, why: string, cause: unknown): StructStreamError {
  return new StructStreamError('bad_options', `The checkpoint ${path} ${why}. Pass another path, or repair the file.`, {
    cause,
  })
}
