import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { startProviderServer } from 'structstream/testing'
import { openBrowser } from './browser.mjs'

const cwd = import.meta.dirname
const run = promisify(execFile)
const bin = (path) => join(cwd, 'node_modules', path)
const movie = { title: 'Alien', year: 1979 }

let server
before(async () => {
  server = await startProviderServer({ respond: { text: JSON.stringify(movie) } })
})
after(() => server.close())

/** Runs a file and returns the JSON that it printed. */
async function results(program, args) {
  const env = { ...process.env, BASE_URL: server.openaiBaseURL, DENO_NO_UPDATE_CHECK: '1' }
  const { stdout } = await run(program, args, { cwd, env, timeout: 60_000 })
  return JSON.parse(stdout.trim().split('\n').at(-1))
}

const runtimes = {
  [`Node ${process.versions.node.split('.')[0]}`]: [process.execPath],
  'Node 22': [bin('node-22/bin/node')],
  'Node 24': [bin('node-24/bin/node')],
  'Node 26': [bin('node-26/bin/node')],
  Bun: [bin('.bin/bun')],
  Deno: [bin('.bin/deno'), 'run', '-A'],
}

for (const [name, [program, ...args]] of Object.entries(runtimes)) {
  test(`${name} runs the core, an SDK, the client and the store`, async () => {
    const { partials, ...data } = await results(program, [...args, 'program.mjs'])
    assert.ok(partials > 0)
    assert.deepEqual(data, { core: movie, sdk: movie, client: movie, store: movie })
  })
  if (name === 'Deno') continue
  test(`${name} loads every entry with require()`, async () => {
    assert.deepEqual(await results(program, [...args, 'required.cjs']), { title: 'Alien' })
  })
}

const browsers = {
  Chromium: [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'],
  Firefox: [process.env.FIREFOX, '/usr/bin/firefox-esr', '/usr/bin/firefox'],
}
for (const [name, paths] of Object.entries(browsers)) {
  const executable = paths.find((path) => path !== undefined && existsSync(path))
  describe(name, { skip: executable === undefined }, () => {
    const expected = { client: { title: 'Alien' }, core: { title: 'Alien' } }
    for (const [what, path] of [
      ['runs the files of dist, over an import map', '/plain.html'],
      ['runs a bundle', '/bundled.html'],
      ['runs a bundle in a service worker, where there is no dynamic import', '/worker.html'],
    ]) {
      test(`${name} ${what}`, async () => {
        const browser = await openBrowser(name, executable)
        try {
          const page = await browser.open(path)
          assert.deepEqual(await page.evaluate(() => globalThis.check()), expected)
        } finally {
          await browser.close()
        }
      })
    }
  })
}
