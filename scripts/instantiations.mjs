// How much work a schema of 500 fields is for TypeScript in a user's project: `npm run instantiations`, after a build.
// One program for each member that takes a path; fails where one is over the bound. Zod's part is shown alongside.
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const BOUND = 16_000
const FIELDS = 500
const KINDS = ['z.string()', 'z.number()', 'z.boolean()', 'z.array(z.string())']

const root = fileURLToPath(new URL('..', import.meta.url))
// Inside the package, so that its own name resolves to the built declarations.
const at = join(root, 'node_modules/.cache/instantiations')

const fields = Array.from({ length: FIELDS }, (_, i) => `  field${i}: ${KINDS[i % KINDS.length]},`)
const schema = ["import { z } from 'zod'", 'const S = z.object({', ...fields, '})'].join('\n')

/** @param {string} names @param {string} from @param {string} code */
const using = (names, from, code) => `import { ${names} } from '${from}'\n${schema}\n${code}\n`
/** @param {string} code */
const running = (code) => using('runStream', 'structstream', `const stream = runStream('', S)\n${code}`)

/** @type {Record<string, string>} */
const programs = {
  'Zod alone': `${schema}\nexport const value = S.parse({}).field0\n`,
  'streamPartial()': running('for await (const partial of stream.streamPartial()) console.log(partial.field0)'),
  'streamField(path)': running("export const field = stream.streamField(['field0'])"),
  'streamElements(path)': running("export const elements = stream.streamElements(['field3'])"),
  'all of these': running(
    `for await (const partial of stream.streamPartial()) console.log(partial.field0)
     export const all = [stream.streamField(['field0']), stream.streamElements(['field3']), stream.isComplete(['field0'])]
     export const value = (await stream.getData()).field0`,
  ),
  'openPartial()': using(
    'openPartial',
    'structstream/partial',
    "export const is = (await openPartial(S)).isComplete(['field0'])",
  ),
  'connect()': using('connect', 'structstream/client', "export const f = connect('/', S).streamField(['field0'])"),
  'StreamStore.field(path)': using(
    'StreamStore',
    'structstream/client',
    "export const value = new StreamStore({ api: '/', schema: S }).field(['field0']).value",
  ),
  'structuredOutput()': using(
    'structuredOutput',
    'structstream/ai-sdk',
    'export const output = (await structuredOutput(S).parseCompleteOutput({ text: "" }, {} as never)).field0',
  ),
  'runMany()': using(
    'runMany',
    'structstream',
    "for await (const one of runMany(['a'], (prompt) => ({ prompt, schema: S }))) if (one.ok) console.log(one.result.data.field0)",
  ),
  ...Object.fromEntries(
    [
      ['react', 'useStructuredStream', 'options'],
      ['vue', 'useStructuredStream', 'options'],
      ['svelte', 'createStructuredStream', '() => options'],
      ['solid', 'createStructuredStream', 'options'],
      ['angular', 'injectStructuredStream', 'options'],
    ].map(([name, start, given]) => [
      `structstream/${name}`,
      using(
        `${start}`,
        `structstream/${name}`,
        `const options = { api: '/', schema: S }\nexport const field = ${start}(${given}).field(['field0'])`,
      ),
    ]),
  ),
}
const names = Object.keys(programs)
rmSync(at, { recursive: true, force: true })
mkdirSync(at, { recursive: true })
const compilerOptions = {
  noEmit: true,
  strict: true,
  target: 'es2022',
  lib: ['esnext', 'dom'],
  module: 'esnext',
  moduleResolution: 'bundler',
  skipLibCheck: true,
  types: [],
}
writeFileSync(join(at, 'tsconfig.base.json'), JSON.stringify({ compilerOptions }))

/** @param {string} name @param {number} index */
function count(name, index) {
  writeFileSync(join(at, `${index}.ts`), programs[name] ?? '')
  const config = join(at, `${index}.json`)
  writeFileSync(config, JSON.stringify({ extends: './tsconfig.base.json', files: [`${index}.ts`] }))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', config, '--extendedDiagnostics'], { encoding: 'utf8' })
  const [found] = stdout.match(/(?<=Instantiations: *)\d+/) ?? []
  if (found === undefined || /error TS/.test(stdout)) throw new Error(`${name} does not compile:\n${stdout}`)
  return Number(found)
}

const counts = names.map((name, index) => ({ name, count: count(name, index) }))
for (const { name, count } of counts) console.log(`${name.padEnd(26)}${count.toLocaleString('en').padStart(8)}`)
const over = counts.filter(({ count }) => count > BOUND)
if (over.length > 0) {
  console.error(`Over ${BOUND.toLocaleString('en')} instantiations: ${over.map(({ name }) => name).join(', ')}`)
  process.exitCode = 1
}
