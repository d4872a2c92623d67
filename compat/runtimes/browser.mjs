import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { launch } from 'puppeteer-core'
import { runStream } from 'structstream'
import { pipeToNode } from 'structstream/server'
import { simulate } from 'structstream/simulate'

const root = import.meta.dirname

/** The package's own names, as a page without a bundler maps them. */
function importMap() {
  const { exports } = JSON.parse(readFileSync(join(root, 'node_modules/structstream/package.json'), 'utf8'))
  const entries = Object.entries(exports).filter(([, target]) => target.default !== undefined)
  const imports = entries.map(([path, target]) => [
    `structstream${path.slice(1)}`,
    `/node_modules/structstream/${target.default.slice(2)}`,
  ])
  return JSON.stringify({ imports: Object.fromEntries(imports) })
}

const html = (script) => `<!doctype html><meta charset="utf-8"><title>compat</title>${script}`
const ask = `globalThis.check = async () => {
  await navigator.serviceWorker.register('/worker.js')
  const { active } = await navigator.serviceWorker.ready
  const { port1, port2 } = new MessageChannel()
  const answer = new Promise((resolve) => { port1.onmessage = ({ data }) => resolve(data) })
  active.postMessage('check', [port2])
  return answer
}`

async function bundle(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    format: 'iife',
    write: false,
    outfile: 'out.js',
    logLevel: 'silent',
  })
  return outputFiles[0].text
}

/** Playwright drives only a patched Firefox; Puppeteer drives anyone's, by WebDriver BiDi. */
const launchers = {
  Chromium: (executablePath) => chromium.launch({ executablePath, args: ['--no-sandbox'] }),
  Firefox: (executablePath) => launch({ browser: 'firefox', executablePath }),
}

/** Serves the pages, and opens them in a browser. @param {keyof typeof launchers} name @param {string} executablePath */
export async function openBrowser(name, executablePath) {
  const texts = {
    '/plain.html': () =>
      html(`<script type="importmap">${importMap()}</script><script type="module" src="/page.mjs"></script>`),
    '/bundled.html': () => html('<script src="/bundle.js"></script>'),
    '/worker.html': () => html(`<script>${ask}</script>`),
    '/bundle.js': () => bundle("import './page.mjs'"),
    '/worker.js': () =>
      bundle(`import './page.mjs'
        addEventListener('message', (event) => {
          event.waitUntil(check().catch(String).then((data) => event.ports[0].postMessage(data)))
        })`),
  }
  const types = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript' }
  const answer = async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost')
    if (pathname === '/movie') {
      await pipeToNode(runStream('x', undefined, { model: simulate({ response: '{"title":"Alien"}' }) }), response)
      return
    }
    const file = join(root, pathname)
    const text = await texts[pathname]?.()
    if (text === undefined && !existsSync(file)) response.writeHead(404).end()
    else {
      response.writeHead(200, { 'content-type': types[extname(pathname)] ?? 'application/octet-stream' })
      if (text === undefined) createReadStream(file).pipe(response)
      else response.end(text)
    }
  }
  const server = createServer((request, response) => void answer(request, response))
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const browser = await launchers[name](executablePath)
  return {
    async open(path) {
      const page = await browser.newPage()
      await page.goto(`http://127.0.0.1:${server.address().port}${path}`)
      await page.waitForFunction(() => typeof globalThis.check === 'function')
      return page
    },
    async close() {
      await browser.close()
      server.closeAllConnections()
      server.close()
    },
  }
}
