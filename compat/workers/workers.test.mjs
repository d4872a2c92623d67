import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { startProviderServer } from 'structstream/testing'

const cwd = import.meta.dirname
// Wrangler needs Node 22.
const node = join(cwd, 'node_modules/node-22/bin/node')
const run = promisify(execFile)

test('wrangler deploy --dry-run builds a Worker with one SDK and no other', async () => {
  const args = ['node_modules/wrangler/bin/wrangler.js', 'deploy', '--dry-run', '--outdir', 'out']
  await run(node, args, { cwd, env: { ...process.env, WRANGLER_SEND_METRICS: 'false' } })
  const text = readFileSync(join(cwd, 'out/worker.js'), 'utf8')
  assert.ok(text.includes('OpenAI-Organization'))
  assert.ok(!text.includes('anthropic-dangerous-direct-browser-access'))
})

test('workerd runs the built Worker, which streams an answer to its end', async () => {
  const server = await startProviderServer({ respond: { text: '{"title":"Alien"}' } })
  try {
    const { stdout } = await run(node, ['run.mjs', server.openaiBaseURL], { cwd })
    assert.match(stdout, /^200 /)
    assert.match(stdout, /Alien/)
    assert.match(stdout, /"type":"end"/)
  } finally {
    await server.close()
  }
})
