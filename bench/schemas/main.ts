import { execFileSync, fork, type ChildProcess } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { JsonSchemaObject } from '../../src/types.ts'
import { eslintSchemas, fetchPackages } from './fetch.ts'
import { isNew, schemasIn, type Found } from './find.ts'
import type { Verdict } from './messages.ts'
import { report, type Result } from './report.ts'

/** A schema that takes longer, over all targets and values, counts as a hang. */
const CAP_MS = 300_000
const WORKERS = 2
const SEED = 1

/** Its own process for schemas, one after another; a hang or a crash costs the process, and no more. */
class Inspector {
  #child: ChildProcess | null = null

  async inspect(schema: JsonSchemaObject, seed: number): Promise<Verdict | string> {
    const child = (this.#child ??= fork(join(import.meta.dirname, 'inspect.ts'), {
      execArgv: ['--import', 'tsx', '--max-old-space-size=3072'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    }))
    let stderr = ''
    child
      .stderr!.removeAllListeners('data')
      .on('data', (data: Buffer) => (stderr = stderr + data.toString().slice(-2000)))
    const { promise, resolve } = deferred<Verdict | string>()
    const timer = setTimeout(() => resolve(`hang: more than ${CAP_MS / 1000} s`), CAP_MS)
    const onMessage = (message: { verdict?: Verdict; error?: string }): void =>
      resolve(message.verdict ?? message.error ?? 'nothing')
    const onExit = (code: number | null): void => resolve(`the process ended with ${code}: ${stderr}`)
    child.once('message', onMessage).once('exit', onExit)
    child.send({ schema, seed })
    const result = await promise
    clearTimeout(timer)
    child.off('message', onMessage).off('exit', onExit)
    if (typeof result === 'string') this.stop()
    return result
  }

  stop(): void {
    this.#child?.kill('SIGKILL')
    this.#child = null
  }
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void
  const promise = new Promise<T>((settle) => (resolve = settle))
  return { promise, resolve }
}

async function collect(say: (line: string) => void): Promise<Found[]> {
  const seen = new Set<string>()
  const found: Found[] = []
  for (const { name, folder } of await fetchPackages(say)) {
    const own = await schemasIn(name, folder, seen)
    say(`${name}: ${own.length}`)
    found.push(...own)
  }
  for (const [name, schema] of await eslintSchemas(say)) {
    if (isNew(schema, seen)) found.push({ name: `rule ${name}`, schema: schema as JsonSchemaObject })
  }
  return found
}

const only = process.argv[2]
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
const say = (line: string): void => void process.stderr.write(`${line}\n`)
const all = await collect(say)
const schemas = only === undefined ? all : all.filter(({ name }) => name.includes(only))
say(`${schemas.length} schemas`)
const results: Result[] = []
let next = 0
const started = performance.now()
await Promise.all(
  Array.from({ length: WORKERS }, async () => {
    const inspector = new Inspector()
    for (let index = next++; index < schemas.length; index = next++) {
      const { name, schema } = schemas[index]!
      const verdict = await inspector.inspect(schema, SEED + index)
      results.push({ name, bytes: JSON.stringify(schema).length, verdict })
      if (typeof verdict === 'string') say(`${name}: ${verdict}`)
      else for (const { kind, target, detail } of verdict.faults) say(`${name}: ${kind} ${target ?? ''}: ${detail}`)
      if (results.length % 500 === 0) say(`${results.length} done`)
    }
    inspector.stop()
  }),
)
const text = report(results, {
  node: process.version,
  commit,
  seed: SEED,
  seconds: (performance.now() - started) / 1000,
})
if (only === undefined) await writeFile(join(import.meta.dirname, '..', 'SCHEMAS.md'), text)
console.log(text)
