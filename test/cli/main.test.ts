import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

test('as a process: output, exit code, and a reader that leaves early', async () => {
  const start = (...args: string[]) =>
    spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', ...args], {
      cwd: root,
      env: { PATH: process.env['PATH'] },
    })
  const wrong = start('run', 'hello')
  const early = start('demo', '--schema', 'invoice')
  let err = ''
  wrong.stderr.on('data', (data: Buffer) => (err += data.toString()))
  let earlyErr = ''
  early.stderr.on('data', (data: Buffer) => (earlyErr += data.toString()))
  const [, closed] = await Promise.all([
    once(early.stdout, 'data').then(() => early.stdout.destroy()),
    Promise.all([once(wrong, 'close'), once(early, 'close')]),
  ])
  expect(err).toMatch(/^structstream: no_model: /)
  expect(closed.map(([code]) => code as number)).toEqual([2, 0])
  expect(earlyErr).toBe('')
}, 60_000)
