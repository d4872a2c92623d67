import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/**
 * Each builds `entry` into one folder whose `main.cjs` or `main.mjs` is run, and returns that file's name. They throw
 * where the tool reports an error. Options are those that each tool's own guide gives for a Node server; `leftOut` names
 * modules that the bundle shall not hold.
 *
 * @type {Record<string, (entry: string, out: string, leftOut?: string[]) => Promise<string>>}
 */
export const builders = {
  async esbuild(entry, out, leftOut = []) {
    const { build } = await import('esbuild')
    await build({
      entryPoints: [entry],
      outfile: join(out, 'main.cjs'),
      bundle: true,
      platform: 'node',
      format: 'cjs',
      external: leftOut,
      logLevel: 'silent',
    })
    return 'main.cjs'
  },
  async webpack(entry, out, leftOut = []) {
    const { default: webpack } = await import('webpack')
    await pack(webpack, entry, out, leftOut)
    return 'main.cjs'
  },
  async rollup(entry, out, leftOut = []) {
    const { rollup } = await import('rollup')
    const { default: resolve } = await import('@rollup/plugin-node-resolve')
    const { default: commonjs } = await import('@rollup/plugin-commonjs')
    const { default: json } = await import('@rollup/plugin-json')
    const bundle = await rollup({
      input: entry,
      external: leftOut,
      plugins: [resolve({ preferBuiltins: true, exportConditions: ['node'] }), commonjs(), json()],
      onwarn() {},
    })
    await bundle.write({ dir: out, format: 'es', entryFileNames: 'main.mjs' })
    return 'main.mjs'
  },
  async vite(entry, out, leftOut = []) {
    const { build } = await import('vite')
    await build({
      root: join(entry, '..'),
      logLevel: 'silent',
      configFile: false,
      ssr: { noExternal: true, target: 'node' },
      build: {
        ssr: entry,
        outDir: out,
        emptyOutDir: false,
        rollupOptions: { external: leftOut, output: { entryFileNames: 'main.mjs' } },
      },
    })
    return 'main.mjs'
  },
  async bun(entry, out, leftOut = []) {
    const bun = join(import.meta.dirname, 'node_modules/.bin/bun')
    const external = leftOut.flatMap((name) => ['--external', name])
    const args = ['build', entry, '--target=node', '--outfile', join(out, 'main.mjs'), ...external]
    const { status, stdout, stderr } = spawnSync(bun, args, { encoding: 'utf8', cwd: join(entry, '..') })
    if (status !== 0) throw new Error(`${stdout}${stderr}`)
    return 'main.mjs'
  },
}

/** @param {Function} compiler webpack, or what has its interface */
function pack(compiler, entry, out, leftOut) {
  const config = {
    mode: 'production',
    target: 'node',
    entry,
    context: join(entry, '..'),
    output: { path: out, filename: 'main.cjs' },
    optimization: { minimize: false },
    resolve: { alias: Object.fromEntries(leftOut.map((name) => [name, false])) },
  }
  return new Promise((resolve, reject) => {
    compiler(config, (failure, stats) => {
      if (failure) reject(failure)
      else if (stats.hasErrors()) reject(new Error(stats.toString({ all: false, errors: true })))
      else resolve(undefined)
    })
  })
}
