import { bad, boolean, check, checkNames, func, isObject, isString, show, type Check } from '../options/checks.ts'
import type { Tool } from '../types.ts'

/** What every provider takes. */
const NAME = /^[\w-]{1,64}$/

/** A check for every option of a tool; the compiler keeps it complete. */
export const toolChecks: Record<keyof Tool, Check> = {
  name: check('1 to 64 letters, digits, "_" or "-"', (v) => isString(v) && NAME.test(v)),
  description: check('a string', isString),
  input: check('a schema of an object, such as z.object({ city: z.string() })', isSchema),
  execute: func,
  approve: func,
  eager: boolean,
  timeout: check('milliseconds (a number > 0)', (v) => typeof v === 'number' && v > 0),
  onError: check("'tell' or 'fail'", (v) => v === 'tell' || v === 'fail'),
}

function isSchema(value: unknown): boolean {
  return isObject(value) || typeof value === 'function'
}

/**
 * Checks what `tool()` is given, or one of the `tools` of a run.
 *
 * @throws `bad_options` that says what was expected and what came
 */
export function checkTool(value: unknown, place = ''): void {
  if (!isObject(value)) {
    const what = place === '' ? 'tool() expects an object' : `\`${place.slice(0, -1)}\` must be what tool() gives`
    throw bad(`${what}, got ${show(value)}.`)
  }
  const what = place === '' ? 'option of tool()' : 'option'
  // A missing one is reported as a wrong one is.
  const { name = null, input = null, execute = null } = value
  checkNames({ name, input, execute }, toolChecks, what, place)
  checkNames(value, toolChecks, what, place)
}

/** @throws `bad_options`, for two tools of one name, too */
export function checkTools(tools: readonly Tool[]): void {
  const names = new Set<string>()
  for (const [index, tool] of tools.entries()) {
    checkTool(tool, `tools[${index}].`)
    if (names.has(tool.name)) {
      throw bad(
        `\`tools[${index}].name\` must be unique, got "${tool.name}" again. The model could not tell them apart.`,
      )
    }
    names.add(tool.name)
  }
}
