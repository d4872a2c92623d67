import type { Dirent } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'

/** One file of the page. */
export interface PageFile {
  type: string
  body: Buffer
  /** Its name has a hash of its content, so it never changes. */
  isHashed: boolean
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/**
 * The built page by URL path, read once: no path of a request ever reaches the file system.
 * @throws an error that says how to build the page when it is not there
 */
export async function readPage(folder: string): Promise<Map<string, PageFile>> {
  let entries: Dirent[]
  try {
    entries = await readdir(folder, { recursive: true, withFileTypes: true })
  } catch (cause) {
    throw new Error(`The playground's page is not built (no ${folder}): run npm run build:play`, { cause })
  }
  const files = new Map<string, PageFile>()
  for (const entry of entries) {
    const type = types[extname(entry.name)]
    if (!entry.isFile() || type === undefined) continue
    const path = join(entry.parentPath, entry.name)
    const name = relative(folder, path).split(sep).join('/')
    const isHashed = name.startsWith('assets/')
    files.set(name === 'index.html' ? '/' : `/${name}`, { type, body: await readFile(path), isHashed })
  }
  return files
}

/** Of every response: nothing but this server's own files is loaded, run, framed or sent to, and no text becomes HTML. */
export const securityHeaders = {
  'content-security-policy': [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const
