import { join } from 'node:path'
import { defineConfig, mergeConfig } from 'vitest/config'
import base from './vitest.config.ts'

/**
 * Runs tests against one of the Zod versions in compat/zod, which `ZOD` names: `zod-4.3`, for example.
 * scripts/zod-versions.mjs does so for all of them.
 */
const version = process.env.ZOD ?? 'zod-4.6'
const root = join(import.meta.dirname, 'compat/zod/node_modules', version)
// In Zod 3.25, Zod 4 is the subpath `zod/v4`.
const main = version.startsWith('zod-3') ? 'v4/index.js' : 'index.js'

export default mergeConfig(
  base,
  defineConfig({
    resolve: {
      alias: [
        { find: /^zod$/, replacement: join(root, main) },
        { find: /^zod\/(v3|v4|v4\/core)$/, replacement: join(root, '$1/index.js') },
        { find: /^zod\/(v4\/)?mini$/, replacement: join(root, 'v4/mini/index.js') },
      ],
    },
  }),
)
