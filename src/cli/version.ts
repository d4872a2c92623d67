import { readFileSync } from 'node:fs'

/** The package's version; package.json lies two folders up from `src/cli` and from `dist/cli`. */
export function version(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
