import { defineConfig } from 'tsup'
import { bundled } from './scripts/entries.mjs'

export default defineConfig({
  entry: bundled,
  format: 'esm',
  // `await using` is lowered: Node 20 and browsers do not parse it.
  target: 'es2022',
  platform: 'node',
  removeNodeProtocol: false,
  splitting: true,
  // The output is readable: nothing is minified.
  sourcemap: false,
  clean: true,
  // TypeScript 7 has no compiler API for the bundler to call; tsconfig.build.json writes the declarations.
  dts: false,
})
