import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Linter } from 'eslint'
import hooks from 'eslint-plugin-react-hooks'

const root = join(import.meta.dirname, 'node_modules/structstream')
const config = {
  ...hooks.configs.flat['recommended-latest'],
  files: ['**/*.js'],
  languageOptions: { parserOptions: { ecmaFeatures: { jsx: true } } },
}

/** @param {string} code */
const lint = (code) => new Linter().verify(code, [config], 'code.js').map(({ ruleId, message }) => ruleId ?? message)

test('the source of the hooks is clean', () => {
  const code = readFileSync(join(root, 'dist/react/index.js'), 'utf8')
  assert.match(code, /function useStructuredStream\(/)
  assert.deepEqual(lint(code), [])
})

const page = readFileSync(join(root, 'docs/react.md'), 'utf8')
const blocks = [...page.matchAll(/```tsx\n([\s\S]*?)```/g)].map(([, code = '']) => code)
// Types are all that the parser doesn't know; a block of loose lines is what a component holds.
const components = blocks.map((code) => {
  const plain = code.replaceAll(/(?<=\}|\w): \{[^}]*\}/g, '')
  return /function |memo\(/.test(plain) ? plain : `function Page({ messageId, prompt }) {\n${plain}\nreturn null\n}`
})
test('the page about React is clean', () => {
  assert.ok(components.length >= 3)
  for (const code of components) assert.deepEqual(lint(code), [], code)
})

test('the rules find what they are for', () => {
  const refs = 'export function useX() { const ref = useRef(0); ref.current = 1; return ref.current }'
  assert.ok(lint(`import { useRef } from 'react'\n${refs}`).includes('react-hooks/refs'))
  const conditional = 'export function useY(on) { if (on) useEffect(() => {}) }'
  assert.ok(lint(`import { useEffect } from 'react'\n${conditional}`).includes('react-hooks/rules-of-hooks'))
})
