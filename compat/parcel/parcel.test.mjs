import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

const cwd = import.meta.dirname

test('Parcel builds a page with the client and React, with no optional peer installed', async () => {
  rmSync(join(cwd, 'out'), { recursive: true, force: true })
  const args = ['node_modules/parcel/lib/bin.js', 'build', 'index.html', '--dist-dir', 'out', '--no-cache']
  await promisify(execFile)(process.execPath, args, { cwd })
  const scripts = readdirSync(join(cwd, 'out')).filter((name) => name.endsWith('.js'))
  const text = scripts.map((name) => readFileSync(join(cwd, 'out', name), 'utf8')).join('\n')
  assert.ok(text.includes('x-structstream'))
  assert.ok(!text.includes('OpenAI-Organization'))
})
