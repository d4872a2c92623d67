import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { libraries, templates } from './configs.mjs'

const here = import.meta.dirname

/** @param {string} version @param {string[]} args @param {string} cwd */
function tsc(version, args, cwd) {
  const program = join(here, `node_modules/typescript-${version}/bin/tsc`)
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, ...args], { cwd, encoding: 'utf8' })
  return { status, output: `${stdout}${stderr}` }
}

/**
 * Checks the sources, where every `@ts-expect-error` must meet an error, under one configuration.
 * @param {string} version @param {string} name @param {object | undefined} compilerOptions undefined: what `tsc --init` writes
 */
function check(version, name, compilerOptions) {
  const at = join(here, 'cases', `${version} ${name}`.replaceAll(/[^\w.]+/g, '-'))
  rmSync(at, { recursive: true, force: true })
  mkdirSync(at, { recursive: true })
  cpSync(join(here, 'src'), join(at, 'src'), { recursive: true })
  writeFileSync(join(at, 'package.json'), '{ "type": "module" }')
  if (compilerOptions === undefined) assert.equal(tsc(version, ['--init'], at).status, 0)
  else writeFileSync(join(at, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }, null, 2))
  const { status, output } = tsc(version, ['-p', '.', '--noEmit'], at)
  if (output !== '' || status !== 0) assert.fail(`tsc ended with ${status}:\n${output}`)
}

for (const version of ['5.9', '7.0']) {
  for (const [name, options] of Object.entries(templates)) {
    test(`TypeScript ${version}, the template of ${name}`, () => check(version, name, options))
  }
}
for (const version of ['5.9', '6.0', '7.0']) {
  test(`TypeScript ${version}, tsc --init`, () => check(version, 'init', undefined))
}
for (const [name, options] of Object.entries(libraries)) {
  test(`TypeScript 7.0, ${name}`, () => check('7.0', name, options))
}
// The floor. It is slow, so only where versions differ: libraries and module resolution.
for (const name of ['ES2022 without DOM and Node', 'ES2022 with DOM', 'ES2022 with Node', 'module node16']) {
  test(`TypeScript 5.4, ${name}`, () => check('5.4', name, libraries[name]))
}
