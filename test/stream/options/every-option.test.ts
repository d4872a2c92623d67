import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import { runStream, tool } from '../../../src/index.ts'
import type { Check, Nested } from '../../../src/stream/options/checks.ts'
import { readChecks } from '../../../src/stream/options/read-options.ts'
import { runChecks } from '../../../src/stream/options/run-options.ts'
import { toolChecks } from '../../../src/stream/tools/check-tool.ts'
import { says, scripted } from '../scripted.ts'

/** Every option, with its place: those inside another one too. */
function walk(checks: Record<string, Check | Nested>): { path: string[]; check: Check | undefined; known: string[] }[] {
  const known = Object.keys(checks)
  return Object.entries(checks).flatMap(([name, rule]) => {
    if (typeof rule === 'function') return [{ path: [name], check: rule, known }]
    const inner = walk(rule.keys).map((one) => ({ ...one, path: [name, ...one.path] }))
    return [{ path: [name], check: rule.or, known }, ...inner]
  })
}

const inside = (path: readonly string[], value: unknown): object => ({
  [path[0]!]: path.length === 1 ? value : inside(path.slice(1), value),
})

/** What no option takes. */
const WRONG: unknown[] = [Number.NaN, 'nonsense', -1, true, Symbol('wrong')]
const shown = (value: unknown): string =>
  typeof value === 'symbol' ? 'a value of type symbol' : typeof value === 'string' ? `"${value}"` : String(value)

const errorOf = async (act: () => unknown): Promise<{ code?: string; message?: string }> => {
  try {
    await act()
    return {}
  } catch (error) {
    return error as { code: string; message: string }
  }
}

const model = () => scripted(says('x'))
const Input = z.object({})
const takers: [string, Record<string, Check | Nested>, string, (options: object) => unknown][] = [
  ['runStream()', runChecks, '', (options) => runStream('q', undefined, { model: model(), ...options }).getData()],
  ['streamText()', readChecks, '', (options) => runStream('q', undefined, { model: model() }).streamText(options)],
  [
    'streamPartial()',
    readChecks,
    '',
    (options) => runStream('q', undefined, { model: model() }).streamPartial(options),
  ],
  ['tool()', toolChecks, 'tool(): ', (options) => tool({ name: 'a', input: Input, execute: () => 1, ...options })],
]

describe.each(takers)('%s', (_, checks, taker, take) => {
  const options = walk(checks)

  test.each(options.map(({ path, known }): [string, string[], string[]] => [path.join('.'), path, known]))(
    'A misspelled `%s` is bad_options that names both, with the whole path',
    async (place, path) => {
      const misspelled = [...path.slice(0, -1), `${path.at(-1)![0]}${path.at(-1)}`]
      const error = await errorOf(() => take(inside(misspelled, undefined)))
      expect(error).toMatchObject({
        code: 'bad_options',
        message: `${taker}Unknown option \`${misspelled.join('.')}\`. Did you mean \`${place}\`?`,
      })
    },
  )

  const refusing = options.flatMap(({ path, check }): [string, string[], unknown, string | undefined][] => {
    const wrong = WRONG.find((value) => check === undefined || check(value) !== undefined)
    return wrong === undefined ? [] : [[path.join('.'), path, wrong, check?.(wrong)]]
  })

  test.each(refusing)(
    'A wrong `%s` is bad_options that says what was expected and what came',
    async (place, path, value, expected) => {
      const { code, message } = await errorOf(() => take(inside(path, value)))
      expect(code).toBe('bad_options')
      const start = `${taker}\`${place}\` must be ${expected ?? 'an object with'}`
      expect(message?.slice(0, start.length)).toBe(start)
      expect(message?.endsWith(`, got ${shown(value)}.`)).toBe(true)
    },
  )

  test('Every option but one that takes anything refuses something', () => {
    const open = options.filter(({ path }) => !refusing.some(([place]) => place === path.join('.')))
    expect(open.map(({ path }) => path.join('.')).filter((place) => place !== 'context')).toEqual([])
  })
})
