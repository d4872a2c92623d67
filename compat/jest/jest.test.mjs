import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'

test('Jest in CommonJS runs a program with the documented configuration', async () => {
  const cwd = import.meta.dirname
  const args = ['node_modules/jest/bin/jest.js', '--ci', '--testMatch', '**/*.spec.js']
  await promisify(execFile)(process.execPath, args, { cwd })
})
