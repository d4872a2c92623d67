import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { chromium } from 'playwright-core'
import { startProviderServer } from 'structstream/testing'

const cwd = import.meta.dirname
const browser = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find(existsSync)

let server
const environment = () => ({ ...process.env, NEXT_TELEMETRY_DISABLED: '1', BASE_URL: server.openaiBaseURL })
before(async () => {
  server = await startProviderServer({ respond: { text: '{"title":"Alien","year":1979}' } })
})
after(() => server.close())

/** Runs `next`, until it ends or prints `until`. @param {string[]} args @param {RegExp} [until] */
function next(args, until) {
  const child = spawn(process.execPath, [join(cwd, 'node_modules/next/dist/bin/next'), ...args], {
    cwd,
    env: environment(),
  })
  let output = ''
  const ready = new Promise((resolve, reject) => {
    const read = (data) => {
      output += data
      if (until?.test(output)) resolve(output)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.on('close', (code) => {
      if (code === 0) resolve(output)
      else reject(new Error(`next ${args.join(' ')} ended with ${code}\n${output}`))
    })
  })
  return { ready, stop: () => child.kill() }
}

async function serve(args, use) {
  const { ready, stop } = next([...args, '-p', '0'], /Ready in/)
  try {
    const port = /localhost:(\d+)/.exec(await ready)?.[1]
    await use(`http://localhost:${port}`)
  } finally {
    stop()
  }
}

async function post(url) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"prompt":"Recommend a movie"}',
  })
  assert.equal(response.status, 200)
  return response.text()
}

async function answers(url, route) {
  const text = await post(`${url}/api/${route}`)
  assert.match(text, /Alien/)
  assert.match(text, /"type":"end"/)
}

for (const bundler of ['turbopack', 'webpack']) {
  describe(`Next with ${bundler}`, () => {
    const flag = `--${bundler}`
    test(`next build ${flag} builds a page and routes with only one SDK installed`, async () => {
      rmSync(join(cwd, '.next'), { recursive: true, force: true })
      await next(['build', flag]).ready
    })
    test(`next start after ${flag} streams from Node routes and from the edge`, async () => {
      await serve(['start'], async (url) => {
        await answers(url, 'movie')
        await answers(url, 'openai')
        await answers(url, 'edge')
      })
    })
    test(`the page built by ${bundler} shows what its route streams`, { skip: browser === undefined }, async () => {
      await serve(['start'], async (url) => {
        const chrome = await chromium.launch({ executablePath: browser, args: ['--no-sandbox'] })
        try {
          const page = await chrome.newPage()
          await page.goto(url)
          await page.click('button')
          await page.waitForFunction(() => document.querySelector('#year')?.textContent === '1979')
          assert.equal(await page.textContent('#title'), 'Alien')
        } finally {
          await chrome.close()
        }
      })
    })
    test(`next dev ${flag} streams from a route`, async () => {
      rmSync(join(cwd, '.next'), { recursive: true, force: true })
      await serve(['dev', flag], (url) => answers(url, 'openai'))
    })
  })
}
