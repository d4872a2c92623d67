// Makes the declarations in `dist/types` independent of what a project has: run after tsc, by `npm run build:types`.
//
// 1. Global names that only some libraries declare (DOM, Node's types, `esnext.disposable`) are declared in
//    `ambient.d.ts`, which every entry refers to. Each has one member that the real one has too: an empty interface
//    would be what everything extends, and a method declared twice isn't an error.
// 2. An import of an optional peer is marked, so that its absence isn't an error. Only inner signatures use such types.
//
// With `--check`, the declarations are searched for other names that a project may not have.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { exported } from './entries.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const types = join(root, 'dist/types')

const ambient = `/** Names that not every project has declared. Each merges with the real one, where there is one. */
export {}

declare global {
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol
    readonly dispose: unique symbol
  }
  interface AsyncDisposable {
    [Symbol.asyncDispose](): PromiseLike<void>
  }
  interface Disposable {
    [Symbol.dispose](): void
  }
  interface AbortSignal {
    throwIfAborted(): void
  }
  interface Headers {
    has(name: string): boolean
  }
  interface ReadableStream<R = any> {
    cancel(reason?: any): Promise<void>
  }
  interface Response {
    text(): Promise<string>
  }
  interface TransformStream<I = any, O = any> {
    readonly readable: ReadableStream<O>
  }
  interface URL {
    toJSON(): string
  }
}
`

/** Generic or aliased elsewhere, or newer than ES2022: such names can't be declared twice. */
const unsafe = [
  'AsyncIterableIterator',
  'AsyncIteratorObject',
  'BodyInit',
  'Buffer',
  'HeadersInit',
  'IteratorObject',
  'NodeJS',
  'Request',
  'RequestCredentials',
  'RequestInfo',
  'RequestInit',
]

const { peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
// React's binding is nothing without React's types, nor are the ready-made schemas without Zod's.
const optional = Object.keys(peerDependencies).filter((name) => name !== 'react')
const names = `(?:${optional.join('|')}|node:\\w+)(?:/[^'"]*)?`
const imports = new RegExp(`^(?:import|export) .*from ['"]${names}['"]|import\\(['"]${names}['"]\\)`)

/** @param {string} text */
const withoutComments = (text) => text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')

/** Every declaration file that an entry reaches. @param {string} start @returns {string[]} */
function reached(start) {
  const files = new Set([start])
  for (const file of files) {
    if (!existsSync(file)) throw new Error(`${file} is missing: run \`npm run build\``)
    const text = withoutComments(readFileSync(file, 'utf8'))
    for (const [, name = ''] of text.matchAll(/(?:from|import\()\s*['"](\.[^'"]+)['"]/g))
      files.add(join(dirname(file), name.replace(/(?:\.d)?\.tsx?$/, '.d.ts').replace(/\.js$/, '.d.ts')))
  }
  return [...files]
}

if (process.argv.includes('--check')) {
  const name = new RegExp(`(?<![\\w.'"])(?:${unsafe.join('|')})(?![\\w'":?])`, 'g')
  const files = new Set(exported.flatMap(({ types: entry }) => reached(join(root, entry))))
  const wrong = [...files].flatMap((file) => {
    const found = withoutComments(readFileSync(file, 'utf8')).match(name) ?? []
    return [...new Set(found)].map((word) => `${relative(types, file)}: ${word}`)
  })
  if (wrong.length > 0) {
    console.error(
      `Declarations that need a library which a project may not have (see src/platform.ts):\n${wrong.join('\n')}`,
    )
    process.exitCode = 1
  }
} else {
  writeFileSync(join(types, 'ambient.d.ts'), ambient)
  for (const { types: entry } of exported) {
    const file = join(root, entry)
    const path = relative(dirname(file), join(types, 'ambient.d.ts'))
    writeFileSync(file, `/// <reference path="${path}" />\n${readFileSync(file, 'utf8')}`)
  }
  for (const name of readdirSync(types, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.d.ts') || name.startsWith('schemas')) continue
    const file = join(types, name)
    const text = readFileSync(file, 'utf8')
    const lines = text
      .split('\n')
      .map((line) => (imports.test(line) ? `// @ts-ignore: an optional peer\n${line}` : line))
    writeFileSync(file, lines.join('\n'))
  }
}
