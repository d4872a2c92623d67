// Tests the packed tarball in separate projects, away from this repository's node_modules:
//   npm run test:compat                       every project
//   npm run test:compat -- bundlers types     the named ones
//   npm run test:compat -- hosts/langchain    one of a folder of projects; `hosts` for all of them
//   npm run test:compat -- bundlers --only=webpack   tests whose name matches
//   npm run test:compat -- hosts/langchain --install   installs, and runs nothing
// COMPAT_DIR says where the projects are installed (default: the system's temporary folder).
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  options: {
    only: { type: 'string' },
    tarball: { type: 'string' },
    list: { type: 'boolean' },
    install: { type: 'boolean' },
  },
  allowPositionals: true,
})
const source = fileURLToPath(new URL('.', import.meta.url))
const target = process.env.COMPAT_DIR ?? join(tmpdir(), 'structstream-compat')

/** Folders with a test, by their path; the others hold projects, or versions of libraries for other scripts. @param {string} folder @returns {string[]} */
function projectsIn(folder) {
  const entries = readdirSync(join(source, folder), { withFileTypes: true })
  if (folder !== '' && entries.some(({ name }) => name.endsWith('.test.mjs'))) return [folder]
  return entries
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
    .flatMap((entry) => projectsIn(folder === '' ? entry.name : `${folder}/${entry.name}`))
}

const projects = projectsIn('')
if (values.list) {
  console.log(projects.join('\n'))
  process.exit()
}
/** @param {string} name */
const named = (name) => projects.filter((project) => project === name || project.startsWith(`${name}/`))
const unknown = positionals.filter((name) => named(name).length === 0)
if (unknown.length > 0) {
  console.error(`No project ${unknown.join(', ')}. There are: ${projects.join(', ')}`)
  process.exit(2)
}
const chosen = positionals.length === 0 ? projects : positionals.flatMap(named)

/**
 * @param {string} program
 * @param {string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} options
 */
function run(program, args, options) {
  const { status, error } = spawnSync(program, args, { stdio: 'inherit', ...options })
  if (error instanceof Error) throw error
  return status === 0
}

/** Packs the repository, unless a tarball is given. */
function pack() {
  if (values.tarball !== undefined) return values.tarball
  const args = ['pack', '--silent', '--pack-destination', target]
  const { stdout, status } = spawnSync('npm', args, { cwd: join(source, '..'), encoding: 'utf8' })
  if (status !== 0) throw new Error('npm pack failed')
  return join(target, stdout.trim().split('\n').at(-1) ?? '')
}

/** Every folder of a project with a lockfile: the project itself, and smaller ones inside it. @param {string} folder @returns {string[]} */
function installations(folder) {
  const inner = readdirSync(join(source, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
    .flatMap((entry) => installations(join(folder, entry.name)))
  return existsSync(join(source, folder, 'package-lock.json')) ? [folder, ...inner] : inner
}

/** Installs by the lockfile, unless that was done before, and puts the tarball's content in. @param {string} folder @param {string} tarball */
function install(folder, tarball) {
  const at = join(target, folder)
  const modules = join(at, 'node_modules')
  const lock = createHash('sha256')
    .update(readFileSync(join(at, 'package-lock.json')))
    .digest('hex')
  const marker = join(modules, '.structstream-compat')
  if (!existsSync(marker) || readFileSync(marker, 'utf8') !== lock) {
    if (!run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: at })) return false
    mkdirSync(modules, { recursive: true })
    writeFileSync(marker, lock)
  }
  const own = join(modules, 'structstream')
  rmSync(own, { recursive: true, force: true })
  mkdirSync(own)
  return run('tar', ['xzf', tarball, '-C', own, '--strip-components=1'], {})
}

/** Copies what the projects of a folder share. @param {string} folder */
function copyFiles(folder) {
  if (folder === '.') return
  for (const entry of readdirSync(join(source, folder), { withFileTypes: true }))
    if (entry.isFile()) cpSync(join(source, folder, entry.name), join(target, folder, entry.name))
}

mkdirSync(target, { recursive: true })
const tarball = pack()

const failed = chosen.filter((name) => {
  const started = performance.now()
  console.log(`\n=== ${name}`)
  const at = join(target, name)
  cpSync(join(source, name), at, { recursive: true, filter: (path) => !path.includes('node_modules') })
  copyFiles(dirname(name))
  const files = readdirSync(at).filter((file) => file.endsWith('.test.mjs'))
  const only = values.only === undefined ? [] : [`--test-name-pattern=${values.only}`]
  const passed =
    installations(name).every((folder) => install(folder, tarball)) &&
    (values.install || run(process.execPath, ['--test', '--test-reporter=spec', ...only, ...files], { cwd: at }))
  console.log(`=== ${name}: ${passed ? 'passed' : 'FAILED'}, ${Math.round((performance.now() - started) / 1000)} s`)
  return !passed
})
if (failed.length > 0) {
  console.error(`\nFailed: ${failed.join(', ')}`)
  process.exitCode = 1
}
