import { StructStreamError } from '../errors.ts'

/** Takes lines, one at a time. */
export interface LineWriter {
  write(line: string): void | Promise<void>
  close(): void | Promise<void>
}

/** What is used of `node:fs/promises`, whose types a program for browsers doesn't have. */
interface FileSystem {
  open(
    path: string,
    flags: string,
  ): Promise<{
    appendFile(text: string): Promise<void>
    stat(): Promise<{ size: number }>
    close(): Promise<void>
  }>
  mkdir(path: string, options: { recursive: true }): Promise<unknown>
}

/** Opens a file to append lines to; its folder is made. @throws `bad_options` when that can't be done */
export async function appendTo(path: string): Promise<LineWriter> {
  const system = await fileSystem(path)
  try {
    const folder = /^(.*)[\\/][^\\/]*$/.exec(path)?.[1]
    if (folder !== undefined && folder !== '') await system.mkdir(folder, { recursive: true })
    const file = await system.open(path, 'a')
    // The last line may be half of one, if its process died.
    if ((await file.stat()).size > 0) await file.appendFile('\n')
    return { write: (line) => file.appendFile(`${line}\n`), close: () => file.close() }
  } catch (cause) {
    throw unusable(`The recording ${path} can't be written: ${(cause as Error).message}`, cause)
  }
}

/**
 * Reads a whole file at once: a model's properties are needed before anything asynchronous can happen.
 *
 * @returns `undefined` when there is no such file
 * @throws `bad_options` when it can't be read
 */
export function readFileText(path: string): string | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }
  const system = process?.getBuiltinModule?.('node:fs') as
    | { readFileSync(path: string, encoding: 'utf8'): string }
    | undefined
  if (system === undefined) throw noFiles(path)
  try {
    return system.readFileSync(path, 'utf8')
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'ENOENT') return undefined
    throw unusable(`The recording ${path} can't be read: ${(cause as Error).message}`, cause)
  }
}

async function fileSystem(path: string): Promise<FileSystem> {
  try {
    // By a name that bundlers leave alone: in a page, lines go to a function.
    const name = 'node:fs/promises'
    return (await import(/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ name)) as FileSystem
  } catch (cause) {
    throw noFiles(path, cause)
  }
}

function noFiles(path: string, cause?: unknown): StructStreamError {
  return unusable(
    `This runtime has no file system for the recording ${path}. Pass a function or the text instead.`,
    cause,
  )
}

function unusable(message: string, cause: unknown): StructStreamError {
  return new StructStreamError('bad_options', message, cause === undefined ? {} : { cause })
}
