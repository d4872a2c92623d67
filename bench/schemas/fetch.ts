import { execFile } from 'node:child_process'
import { copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { ESLINT_PACKAGES, JSON_PACKAGES } from './packages.ts'

const run = promisify(execFile)

/** Outside the repository: none of these packages is a dependency, and none of their code is run but ESLint's rules. */
export const CACHE: string = process.env['SCHEMAS_CACHE'] ?? join(tmpdir(), 'structstream-schemas')

/** A package's files. */
export interface Fetched {
  name: string
  folder: string
}

/** Downloads what is not there yet; packages that cannot be had are named and left out. */
export async function fetchPackages(say: (line: string) => void): Promise<Fetched[]> {
  await mkdir(CACHE, { recursive: true })
  const fetched: Fetched[] = []
  for (const spec of JSON_PACKAGES) {
    const folder = join(CACHE, spec.replaceAll('/', '__'))
    try {
      if (!(await exists(join(folder, 'package')))) {
        await mkdir(folder, { recursive: true })
        const packed = await run('npm', ['pack', '--silent', '--pack-destination', folder, spec])
        await run('tar', ['-xzf', join(folder, packed.stdout.trim()), '-C', folder])
        // Some tarballs call their root folder otherwise.
        if (!(await exists(join(folder, 'package')))) await mkdir(join(folder, 'package'))
      }
      fetched.push({ name: spec, folder })
    } catch (error) {
      say(`${spec}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`)
    }
  }
  return fetched
}

/** The options' schemas of ESLint's rules and of its plugins', by name of the rule. */
export async function eslintSchemas(say: (line: string) => void): Promise<[name: string, schema: unknown][]> {
  const folder = join(CACHE, 'eslint')
  await mkdir(folder, { recursive: true })
  if (!(await exists(join(folder, 'node_modules', 'eslint')))) {
    await writeFile(join(folder, 'package.json'), '{ "private": true }')
    const flags = ['--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund', '--silent']
    await run('npm', ['install', ...flags, ...ESLINT_PACKAGES], { cwd: folder })
  }
  const script = join(folder, 'rules.mjs')
  await copyFile(join(import.meta.dirname, 'rules.mjs'), script)
  const names = ESLINT_PACKAGES.map((spec) => spec.slice(0, spec.lastIndexOf('@')))
  const output = join(folder, 'rules.json')
  const { stderr } = await run(process.execPath, [script, output, ...names], { cwd: folder })
  if (stderr !== '') say(stderr.trim())
  return JSON.parse(await readFile(output, 'utf8')) as [string, unknown][]
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
