import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig, mergeConfig } from 'vitest/config'
import base from './vitest.config.ts'

/**
 * Runs the suites of the models against the SDKs in compat/sdks; `SDKS` lists them, as `openai=openai-5,…`.
 * See scripts/sdk-versions.mjs.
 */
const chosen = (process.env.SDKS ?? '').split(',').filter(Boolean)

/** The file that Node imports for a package. */
function entryOf(folder: string): string {
  const { exports, module } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  let entry = exports?.['.'] ?? module
  while (typeof entry === 'object') entry = entry.node ?? entry.import ?? entry.default
  return join(folder, entry)
}

export default mergeConfig(
  base,
  defineConfig({
    resolve: {
      alias: chosen.map((pair) => {
        const [name = '', alias = ''] = pair.split('=')
        return {
          find: new RegExp(`^${name}$`),
          replacement: entryOf(join(import.meta.dirname, 'compat/sdks/node_modules', alias)),
        }
      }),
    },
  }),
)
