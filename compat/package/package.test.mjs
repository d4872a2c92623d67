import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runStream } from 'structstream'
import { anthropic } from 'structstream/anthropic'
import { gemini } from 'structstream/google'
import { ollama } from 'structstream/ollama'
import { openai } from 'structstream/openai'

const root = join(import.meta.dirname, 'node_modules/structstream')

test('the documentation, the changelog and the security policy are in the package', () => {
  for (const file of ['README.md', 'CHANGELOG.md', 'SECURITY.md', 'LICENSE', 'docs/errors.md', 'docs/compatibility.md'])
    assert.ok(existsSync(join(root, file)), file)
})

test('the package holds no source maps', () => {
  const names = readdirSync(join(root, 'dist'), { recursive: true })
  assert.deepEqual(
    names.filter((name) => name.endsWith('.map')),
    [],
  )
})

test('the React entry is marked for the client', () => {
  assert.match(readFileSync(join(root, 'dist/react/index.js'), 'utf8'), /^['"]use client['"]/)
})

const outdated = [
  ['openai', openai('m', { apiKey: 'k', baseURL: 'http://127.0.0.1:9/v1' }), /"openai" is too old.*4\.104/],
  ['@anthropic-ai/sdk', anthropic('m', { apiKey: 'k', baseURL: 'http://127.0.0.1:9' }), /sdk" is too old.*0\.60/],
  ['@google/genai', gemini('m', { apiKey: 'k', baseURL: 'http://127.0.0.1:9' }), /genai" is too old.*1\.30/],
]
for (const [name, model, message] of outdated) {
  test(`${name} from before its range is refused by name, with what to install`, async () => {
    await assert.rejects(runStream('x', undefined, { model }).getData(), { code: 'bad_options', message })
  })
}

test('an SDK that is not installed is named, with what to install', async () => {
  const failure = { code: 'bad_options', message: /npm i ollama/ }
  await assert.rejects(runStream('x', undefined, { model: ollama('m') }).getData(), failure)
})
