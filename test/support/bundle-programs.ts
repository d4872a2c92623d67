import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { build } from 'esbuild'
import { sourceAliases } from '../../scripts/entries.mjs'

const root = join(import.meta.dirname, '../..')

/**
 * Bundles TypeScript programs, with this package's sources under its own name, so that starting one of many costs a
 * quarter of what compiling it on the fly does.
 *
 * @param sources paths from the root
 * @returns for each source without its extension, the path of its program; and what removes them all
 */
export async function bundlePrograms(
  sources: readonly string[],
): Promise<{ programOf: (source: string) => string; remove: () => Promise<void> }> {
  // Inside the project, so that its dependencies are found; the folder is ignored by git.
  await mkdir(join(root, 'scratch'), { recursive: true })
  const outdir = await mkdtemp(join(root, 'scratch/programs-'))
  await build({
    absWorkingDir: root,
    entryPoints: sources.map((source) => ({ in: source, out: basename(source, '.ts') })),
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    outExtension: { '.js': '.mjs' },
    logLevel: 'error',
    plugins: [
      {
        name: 'sources under the name of the package',
        setup: (building) =>
          building.onResolve({ filter: /^structstream(?:\/|$)/ }, ({ path }) => ({
            path: sourceAliases.find(({ find }) => find.test(path))!.replacement,
          })),
      },
    ],
  })
  return {
    programOf: (source) => join(outdir, `${basename(source, '.ts')}.mjs`),
    remove: () => rm(outdir, { recursive: true, force: true }),
  }
}
