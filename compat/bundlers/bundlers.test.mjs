import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { builders } from './builders.mjs'
import { providers, withModel, withSimulation, withString, withStringAlone, withZod } from './programs.mjs'
import { startProviderServer } from 'structstream/testing'

const here = import.meta.dirname
const scratch = mkdtempSync(join(tmpdir(), 'structstream-bundles-'))
let count = 0

/** Text that each SDK's code has and nothing else in a bundle. */
const marks = {
  openai: 'OpenAI-Organization',
  anthropic: 'anthropic-dangerous-direct-browser-access',
  google: 'generateContentStreamInternal',
  ollama: 'Did not receive done or success response',
  zod: 'Encountered Promise during synchronous parse',
  effect: '~effect/',
}

let server
before(async () => {
  server = await startProviderServer({ respond: { text: '{"title":"Alien"}' } })
})
after(async () => {
  await server.close()
  rmSync(scratch, { recursive: true, force: true })
})

/** Builds a program in a project with some peers, into a folder where no package can be found. */
async function bundle(tool, peers, source, leftOut) {
  const at = join(here, 'with', peers)
  const entry = join(at, `program-${tool}-${count}.mjs`)
  const out = join(scratch, String((count += 1)))
  writeFileSync(entry, source)
  try {
    const file = await builders[tool](entry, out, leftOut)
    return { out, file: join(out, file) }
  } finally {
    rmSync(entry)
  }
}

function run(file, baseURL) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file], { cwd: join(file, '..'), env: { ...process.env, BASE_URL: baseURL } })
    let output = ''
    child.stdout.on('data', (data) => (output += data))
    child.stderr.on('data', (data) => (output += data))
    child.on('error', reject)
    child.on('close', () => {
      try {
        resolve(JSON.parse(output))
      } catch {
        reject(new Error(output))
      }
    })
  })
}

/** Every SDK whose code is in the bundle. */
function contained(out) {
  const text = readdirSync(out, { recursive: true })
    .map((name) => join(out, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n')
  return Object.keys(marks).filter((name) => text.includes(marks[name]))
}

const addresses = {
  openai: () => server.openaiBaseURL,
  anthropic: () => server.anthropicBaseURL,
  google: () => server.geminiBaseURL,
  ollama: () => server.ollamaHost,
}
const success = { data: { title: 'Alien' } }

/** What the library loads for a schema of theirs, as docs/compatibility.md lists it. */
const schemaLibraries = [
  'zod/v4/core',
  'zod-to-json-schema',
  'effect/Schema',
  '@valibot/to-json-schema',
  '@cfworker/json-schema',
]

for (const tool of Object.keys(builders)) {
  describe(tool, () => {
    test(`${tool} builds and runs a program with no peer installed`, async () => {
      const { file } = await bundle(tool, 'none', withSimulation)
      assert.deepEqual(await run(file), success)
    })
    // Rollup is slow, and Vite's bundler resolves as it does.
    for (const provider of tool === 'rollup' ? ['openai'] : providers) {
      test(`${tool} builds and runs a program of ${provider} with only that SDK installed`, async () => {
        const { file, out } = await bundle(tool, provider, withModel(provider))
        assert.deepEqual(await run(file, addresses[provider]()), success)
        assert.deepEqual(contained(out), [provider])
      })
    }
    test(`${tool} builds and runs a program of Zod with only Zod installed`, async () => {
      const { file } = await bundle(tool, 'zod', withZod)
      assert.deepEqual(await run(file), success)
    })
    test(`${tool} builds and runs a string model whose provider the program imports`, async () => {
      const { file, out } = await bundle(tool, 'openai', withString)
      assert.deepEqual(await run(file, server.openaiBaseURL), success)
      assert.deepEqual(contained(out), ['openai'])
    })
    test(`${tool} builds a string model alone, and the error says what to import`, async () => {
      const { file, out } = await bundle(tool, 'openai', withStringAlone)
      const { code, message } = await run(file, server.openaiBaseURL)
      assert.equal(code, 'bad_options')
      assert.match(message, /import 'structstream\/openai'/)
      assert.deepEqual(contained(out), [])
    })
    test(`${tool} puts only the imported SDK into a bundle where all are installed, and the schema libraries`, async () => {
      const { out } = await bundle(tool, 'all', withModel('openai'))
      assert.deepEqual(contained(out).toSorted(), ['effect', 'openai', 'zod'])
    })
    test(`${tool} leaves out the schema libraries that its options name, and the program runs`, async () => {
      const { file, out } = await bundle(tool, 'all', withModel('openai'), schemaLibraries)
      assert.deepEqual(contained(out), ['openai'])
      assert.deepEqual(await run(file, server.openaiBaseURL), success)
    })
    test(`${tool} leaves out the schema libraries but the one that the program uses`, async () => {
      const others = schemaLibraries.filter((name) => !name.startsWith('zod/'))
      const { file, out } = await bundle(tool, 'all', withZod, others)
      assert.deepEqual(contained(out), ['zod'])
      assert.deepEqual(await run(file), success)
    })
  })
}
