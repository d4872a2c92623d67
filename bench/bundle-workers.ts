import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Bundles what runs in separate processes as the package itself is bundled. Returns the files. */
export async function bundleWorkers(folder: string): Promise<{ worker: string; provider: string }> {
  // Inside the project, so that bundles find its packages.
  const outDir = join(ROOT, 'node_modules/.cache', folder)
  await build({
    config: false,
    silent: true,
    entry: { worker: join(ROOT, 'bench/worker.ts'), provider: join(ROOT, 'bench/provider.ts') },
    outDir,
    format: 'esm',
    target: 'es2022',
    platform: 'node',
    splitting: true,
    clean: true,
    skipNodeModulesBundle: true,
  })
  return { worker: join(outDir, 'worker.js'), provider: join(outDir, 'provider.js') }
}
