import { StructStreamError } from '../../errors.ts'
import type { Tool } from '../types.ts'

const KEYS = ['name', 'description', 'input', 'execute', 'approve', 'timeout', 'onError']
/** What every provider takes. */
const NAME = /^[\w-]{1,64}$/

/** @throws `bad_options` that says what was expected and what came */
export function checkTool(value: unknown): void {
  if (typeof value !== 'object' || value === null)
    throw bad(`A tool must be what tool({ … }) gives, not ${typeof value}.`)
  const { name, description, input, execute, approve, timeout, onError } = value as { [Key in keyof Tool]?: unknown }
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw bad(`The name of a tool must be 1 to 64 letters, digits, "_" or "-", not ${JSON.stringify(name)}.`)
  }
  const what = `The tool "${name}"`
  const unknown = Object.keys(value).find((key) => !KEYS.includes(key))
  if (unknown !== undefined) throw bad(`${what} has an unknown option "${unknown}". Known: ${KEYS.join(', ')}.`)
  if ((typeof input !== 'object' && typeof input !== 'function') || input === null) {
    throw bad(`${what} needs { input }: a schema of an object, such as z.object({ city: z.string() }).`)
  }
  if (typeof execute !== 'function') throw bad(`${what} needs { execute }: a function of its input.`)
  if (description !== undefined && typeof description !== 'string')
    throw bad(`${what}: "description" must be a string.`)
  if (approve !== undefined && typeof approve !== 'function') throw bad(`${what}: "approve" must be a function.`)
  if (timeout !== undefined && !(typeof timeout === 'number' && timeout > 0)) {
    throw bad(`${what}: "timeout" must be milliseconds (a number above 0, or Infinity).`)
  }
  if (onError !== undefined && onError !== 'tell' && onError !== 'fail') {
    throw bad(`${what}: "onError" must be 'tell' or 'fail'.`)
  }
}

/** @throws `bad_options`, for two tools of one name, too */
export function checkTools(tools: readonly Tool[]): void {
  const names = new Set<string>()
  for (const tool of tools) {
    checkTool(tool)
    if (names.has(tool.name)) throw bad(`Two tools have the name "${tool.name}". The model could not tell them apart.`)
    names.add(tool.name)
  }
}

function bad(message: string): StructStreamError {
  return new StructStreamError('bad_options', message)
}
