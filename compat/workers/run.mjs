// Runs the built Worker in workerd and prints what it answers: node run.mjs BASE_URL
import { readFileSync } from 'node:fs'
import { Miniflare } from 'miniflare'

const worker = new Miniflare({
  // Given, not searched: imports of peers that aren't there fail when they are made, as they do at Cloudflare.
  modules: [{ type: 'ESModule', path: 'worker.js', contents: readFileSync('out/worker.js', 'utf8') }],
  compatibilityDate: '2026-07-01',
  bindings: { BASE_URL: process.argv[2] },
})
try {
  const response = await worker.dispatchFetch('http://worker/')
  console.log(response.status, await response.text())
} finally {
  await worker.dispose()
}
