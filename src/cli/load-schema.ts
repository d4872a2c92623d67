import { access, readFile } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { schemas } from '../../schemas/index.ts'
import { jsonSchema } from '../schema/json-schema/definition.ts'
import type { AnySchema } from '../schema/types.ts'
import { UsageError } from './usage-error.ts'

/**
 * The schema that `file#export` names (`export` defaults to `default`), the JSON Schema in `file.json`, or a
 * ready-made one by its name.
 * @throws {@link UsageError} that says what is missing
 */
export async function loadSchema(reference: string, cwd: string): Promise<AnySchema> {
  if (Object.hasOwn(schemas, reference)) return schemas[reference as keyof typeof schemas].schema
  const hash = reference.lastIndexOf('#')
  const file = hash < 0 ? reference : reference.slice(0, hash)
  const name = hash < 0 ? 'default' : reference.slice(hash + 1)
  const path = resolve(cwd, file)
  const exists = await access(path).then(
    () => true,
    () => false,
  )
  if (!exists) {
    const ready = Object.keys(schemas).join(', ')
    throw new UsageError(`No file ${path}. --schema takes file#export, or one of the ready-made ${ready}`)
  }
  if (extname(path) === '.json') return readJsonSchema(path)
  const module = await importModule(path)
  if (!Object.hasOwn(module, name)) {
    const found = Object.keys(module).join(', ') || 'nothing'
    throw new UsageError(`${file} has no export '${name}'; it exports ${found}`)
  }
  // Whether it is a schema, the run says.
  return module[name] as AnySchema
}

async function readJsonSchema(path: string): Promise<AnySchema> {
  try {
    return jsonSchema(JSON.parse(await readFile(path, 'utf8')))
  } catch (cause) {
    throw new UsageError(`${path} isn't a JSON Schema: ${(cause as Error).message}`, { cause })
  }
}

async function importModule(path: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ERR_UNKNOWN_FILE_EXTENSION' && /\.[cm]?tsx?$/.test(extname(path))) {
      const hint = `Node ${process.versions.node} does not read TypeScript. Use Node 22.18 or above, or start it with tsx:`
      throw new UsageError(`${hint} NODE_OPTIONS='--import tsx' npx structstream …`, { cause })
    }
    throw new UsageError(`${path} cannot be imported: ${message}`, { cause })
  }
}
