import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const hosts = readdirSync(join(root, 'compat/hosts'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .filter((name) => existsSync(join(root, 'compat/hosts', name, 'recipe.mjs')))
const docs = readFileSync(join(root, 'docs/recipes.md'), 'utf8')

describe.each(hosts)('the recipe for %s', (host) => {
  const read = (file: string): string => readFileSync(join(root, 'compat/hosts', host, file), 'utf8')

  test('is in the docs as it is run', () => {
    expect(docs).toContain(`\`\`\`js\n${read('recipe.mjs')}\`\`\``)
  })

  test('changes at most three lines of the quick start', () => {
    const before = read('quick-start.mjs').split('\n')
    const changed = read('recipe.mjs')
      .split('\n')
      .filter((line) => !before.includes(line))
    expect(changed.length).toBeLessThanOrEqual(3)
    expect(changed.join('\n')).toContain("from 'structstream")
  })

  test('has its own lockfile', () => {
    expect(existsSync(join(root, 'compat/hosts', host, 'package-lock.json'))).toBe(true)
  })
})

test.each(['tools-in', 'tool-input-out'])('the recipe %s for MCP is in the docs as it is run', (program) => {
  const code = readFileSync(join(root, `compat/hosts/mcp/${program}.mjs`), 'utf8')
  expect(docs).toContain(`\`\`\`js\n${code}\`\`\``)
})

test('every recipe in the docs is run', () => {
  const programs = new Set(hosts.map((host) => readFileSync(join(root, 'compat/hosts', host, 'recipe.mjs'), 'utf8')))
  expect(docs.match(/```js\n/g)).toHaveLength(programs.size + 2)
})
