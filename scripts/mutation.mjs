// Mutation score: changes one small thing in the sources, runs the quick tests that mirror the changed file, then the
// wider ones, and counts the changes that no test notices.
//
//   npm run mutation -- [--count 40] [--seed 1] [--minutes 30] [folder or file ...]
//
// Draws `count` mutants evenly from the files, by `seed`; stops drawing after `minutes`. The sources are those of HEAD, in a
// clone; the project itself isn't touched. Survivors are listed, since some change nothing that can be seen.
import { spawn, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { parseSync, visitorKeys } from 'oxc-parser'

const root = join(import.meta.dirname, '..')
const CORE = ['src/json', 'src/partial', 'src/stream', 'src/schema']
/** Where a mutant that its own folder's tests let live is tried again. */
const WIDER = ['test/json', 'test/partial', 'test/schema', 'test/stream']

const { values, positionals } = parseArgs({
  options: {
    count: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '30' },
  },
  allowPositionals: true,
})
const [count = NaN, seed = NaN, minutes = NaN] = [values.count, values.seed, values.minutes].map(Number)
if (![count, seed, minutes].every(Number.isFinite)) {
  console.error('--count, --seed and --minutes are numbers')
  process.exit(2)
}

const clone = mkdtempSync(join(tmpdir(), 'mutation-'))
process.on('exit', () => rmSync(clone, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130))
if (spawnSync('git', ['clone', '--quiet', root, clone], { stdio: 'inherit' }).status !== 0) process.exit(1)
symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'))

/** @typedef {{ start: number, end: number, text: string }} Edit */

const COMPARISONS = { '<': '<=', '<=': '<', '>': '>=', '>=': '>', '===': '!==', '!==': '===', '+': '-', '-': '+' }
const LOGIC = { '&&': '||', '||': '&&', '??': '&&' }

/**
 * What may be changed at a node of the syntax tree.
 *
 * @type {Record<string, (node: any, source: string) => Edit[]>}
 */
const MUTATORS = {
  BinaryExpression: (node, source) => operator(node, source, COMPARISONS),
  LogicalExpression: (node, source) => operator(node, source, LOGIC),
  IfStatement: ({ test }) => [
    { start: test.start, end: test.end, text: 'true' },
    { start: test.start, end: test.end, text: 'false' },
  ],
  ConditionalExpression: ({ test }) => [
    { start: test.start, end: test.end, text: 'true' },
    { start: test.start, end: test.end, text: 'false' },
  ],
  UnaryExpression: ({ operator: sign, start, argument }) =>
    sign === '!' ? [{ start, end: argument.start, text: '' }] : [],
  UpdateExpression: ({ operator: sign, prefix, start, end, argument }) => {
    const text = sign === '++' ? '--' : '++'
    return [prefix ? { start, end: argument.start, text } : { start: argument.end, end, text }]
  },
  Literal: ({ value, start, end }) => {
    if (typeof value === 'boolean') return [{ start, end, text: String(!value) }]
    return typeof value === 'number' ? [{ start, end, text: String(value + 1) }] : []
  },
  ExpressionStatement: ({ start, end, expression }) =>
    expression.type === 'CallExpression' || expression.type === 'AssignmentExpression'
      ? [{ start, end, text: ';' }]
      : [],
}

/** @type {(node: any, source: string, table: Record<string, string>) => Edit[]} */
function operator({ left, right, operator: sign }, source, table) {
  const other = table[sign]
  const at = source.indexOf(sign, left.end)
  return other === undefined || at < 0 || at >= right.start ? [] : [{ start: at, end: at + sign.length, text: other }]
}

/** @type {(file: string) => Edit[]} */
function mutantsOf(file) {
  const source = readFileSync(join(clone, file), 'utf8')
  /** @type {Edit[]} */
  const edits = []
  /** @param {any} node */
  const visit = (node) => {
    if (node === null || typeof node !== 'object') return
    if (Array.isArray(node)) return node.forEach(visit)
    // Types have no behavior; what is thrown is reported in words.
    if (
      /^TS(?!As|NonNull|Satisfies)/.test(node.type) ||
      node.type === 'ImportDeclaration' ||
      node.type === 'ThrowStatement'
    )
      return
    edits.push(...(MUTATORS[node.type]?.(node, source) ?? []))
    for (const key of visitorKeys[node.type] ?? []) visit(node[key])
  }
  visit(parseSync(file, source).program)
  return edits
}

/** @type {(path: string) => string[]} */
function filesIn(path) {
  if (!statSync(join(clone, path)).isDirectory()) return [path]
  return readdirSync(join(clone, path), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'))
    .map((name) => `${path}/${name}`)
    .toSorted()
}

/** The innermost test folder that mirrors a source's. @type {(file: string) => string} */
function testsOf(file) {
  const parts = file
    .replace(/^src\//, 'test/')
    .split('/')
    .slice(0, -1)
  while (parts.length > 1 && !existsSync(join(clone, ...parts))) parts.pop()
  return parts.join('/')
}

/** Numbers from 0 to 1, the same for the same seed. @type {(state: number) => () => number} */
function random(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}

/** How the tests end: a mutant may also never end. @type {(tests: string[], limit: number) => Promise<'passed' | 'failed' | 'hung'>} */
function outcomeOf(tests, limit) {
  return new Promise((resolve) => {
    const args = ['node_modules/vitest/vitest.mjs', 'run', '--bail', '1', '--test-timeout', '60000', ...tests]
    const child = spawn(process.execPath, args, { cwd: clone, stdio: 'ignore', detached: true })
    let isHung = false
    const timer = setTimeout(() => {
      isHung = true
      process.kill(-(/** @type {number} */ (child.pid)), 'SIGKILL')
    }, limit)
    child.on('exit', (code) => {
      clearTimeout(timer)
      resolve(isHung ? 'hung' : code === 0 ? 'passed' : 'failed')
    })
  })
}

const paths = positionals.length > 0 ? positionals : CORE
const mutants = paths.flatMap(filesIn).flatMap((file) => mutantsOf(file).map((edit) => ({ file, edit })))
const next = random(seed)
const drawn = Array.from(
  { length: Math.min(count, mutants.length) },
  () => /** @type {{ file: string, edit: Edit }} */ (mutants.splice(Math.floor(next() * mutants.length), 1)[0]),
)
console.log(`${drawn.length} of ${drawn.length + mutants.length} mutants, seed ${seed}`)

/** Milliseconds that the tests of a folder take without a mutant. @type {Map<string, number>} */
const usual = new Map()
/** @type {(tests: string[]) => Promise<number>} */
async function usualTime(tests) {
  const key = tests.join(' ')
  const known = usual.get(key)
  if (known !== undefined) return known
  const started = performance.now()
  const outcome = await outcomeOf(tests, 600_000)
  if (outcome !== 'passed') throw new Error(`Without a mutant, ${key} ${outcome}: nothing can be measured.`)
  usual.set(key, performance.now() - started)
  return performance.now() - started
}

const started = performance.now()
const counts = { failed: 0, hung: 0, passed: 0 }
/** @type {string[]} */
const survivors = []
for (const { file, edit } of drawn) {
  if (performance.now() - started > minutes * 60_000) break
  const source = readFileSync(join(clone, file), 'utf8')
  const line = source.slice(0, edit.start).split('\n').length
  const place = `${file}:${line}  ${source.slice(edit.start, edit.end).slice(0, 60)}  →  ${edit.text || '(removed)'}`
  const own = [testsOf(file)]
  /** @type {'passed' | 'failed' | 'hung'} */
  let outcome = 'passed'
  for (const tests of own[0] === 'test' ? [WIDER] : [own, WIDER]) {
    const limit = 30_000 + 4 * (await usualTime(tests))
    writeFileSync(join(clone, file), source.slice(0, edit.start) + edit.text + source.slice(edit.end))
    outcome = await outcomeOf(tests, limit)
    writeFileSync(join(clone, file), source)
    if (outcome !== 'passed') break
  }
  counts[outcome] += 1
  console.log(`${{ failed: 'killed  ', hung: 'hung    ', passed: 'SURVIVED' }[outcome]}  ${place}`)
  if (outcome === 'passed') survivors.push(place)
}

const tried = counts.failed + counts.hung + counts.passed
const score = ((100 * (tried - counts.passed)) / tried).toFixed(1)
console.log(
  `\n${tried - counts.passed} of ${tried} noticed (${score} %), ${counts.hung} of them by never ending, seed ${seed}`,
)
for (const place of survivors) console.log(`  survived: ${place}`)
