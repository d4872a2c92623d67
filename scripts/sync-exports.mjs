// Writes package.json's `exports` from the entry table; with `--check` it only tells whether they agree.
import { readFileSync, writeFileSync } from 'node:fs'
import { exported } from './entries.mjs'

const file = new URL('../package.json', import.meta.url)
const manifest = JSON.parse(readFileSync(file, 'utf8'))
const wanted = Object.fromEntries([
  ...exported.map(({ path, types, js }) => [path, { types, default: js }]),
  ['./package.json', './package.json'],
])

if (JSON.stringify(manifest.exports) !== JSON.stringify(wanted)) {
  if (process.argv.includes('--check')) {
    console.error('package.json `exports` is not what scripts/entries.mjs says: run `npm run sync-exports`')
    process.exitCode = 1
  } else {
    writeFileSync(file, `${JSON.stringify({ ...manifest, exports: wanted }, null, 2)}\n`)
    console.log(`package.json now exports ${exported.map(({ path }) => path).join(' ')}`)
  }
}
