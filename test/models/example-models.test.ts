import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { EXAMPLE_MODELS } from '../../src/models/example-models.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const sdk = (path: string): string => read(`node_modules/${path}`)

/** The string literals of the union type `name`. */
function membersOf(declarations: string, name: string): string[] {
  const union = new RegExp(`export type ${name} = ([^;]*);`).exec(declarations)![1]!
  return [...union.matchAll(/'([^']+)'/g)].map((match) => match[1]!)
}

test('the example model of OpenAI is one that its SDK lists', () => {
  const listed = membersOf(sdk('openai/resources/shared.d.ts'), 'ChatModel')
  expect(listed.length).toBeGreaterThan(20)
  expect(listed).toContain(EXAMPLE_MODELS.openai)
})

test('the example model of Anthropic is one that its SDK lists, and not a deprecated one', () => {
  const messages = 'resources/messages/messages'
  expect(membersOf(sdk(`@anthropic-ai/sdk/${messages}.d.ts`), 'Model')).toContain(EXAMPLE_MODELS.anthropic)
  const deprecated = /DEPRECATED_MODELS = \{([^}]*)\}/.exec(sdk(`@anthropic-ai/sdk/${messages}.js`))![1]!
  expect(deprecated).toMatch(/'claude-/)
  expect(deprecated).not.toContain(`'${EXAMPLE_MODELS.anthropic}'`)
})

/** Names of models, as providers form them. Families (`claude-3`, `gpt-5`) are not names of models. */
const NAME =
  /(?<![\w/-])(?:claude-[a-z]+-\d[\w.-]*\w|claude-\d[\w.-]*-[a-z][\w.-]*\w|gpt-\d[\w.-]*|gemini-\d[\w.-]*\w|openai\/gpt-oss-\d+b)/g

const filesBelow = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:tsx?|md|html)$/.test(name) && !/node_modules|decisions/.test(name))
    .map((name) => join(folder, name))

test('no text names another model than the examples', () => {
  const allowed: readonly string[] = Object.values(EXAMPLE_MODELS)
  const files = ['src', 'playground', 'examples', 'docs'].flatMap(filesBelow).concat('README.md')
  const found = files.flatMap((file) => [...read(file).matchAll(NAME)].map(([name]) => ({ file, name })))
  expect(found.length).toBeGreaterThan(20)
  expect(found.filter(({ name }) => !allowed.includes(name))).toEqual([])
})
