import type * as Core from 'zod/v4/core'

import { StructStreamError } from '../../errors.ts'

/*
 * What is used of Zod's core, which is an optional peer: loaded by `loadZodCore`, and bound from then on. The caller that holds
 * a Zod schema has called it, in `prepareSchema`.
 */

export let $ZodAsyncError: typeof Core.$ZodAsyncError
export let clone: typeof Core.clone
export let config: typeof Core.config
export let globalRegistry: typeof Core.globalRegistry
export let safeParseAsync: typeof Core.safeParseAsync
export let toJSONSchema: typeof Core.toJSONSchema
export let util: typeof Core.util

/**
 * Loads Zod's core on first use.
 *
 * @throws `unsupported_schema` where Zod can't be loaded
 */
export async function loadZodCore(): Promise<void> {
  if (util !== undefined) return
  try {
    // In `try`, so that bundlers build without Zod; taken apart here, so that they can leave the rest of it out.
    const {
      $ZodAsyncError: asyncError,
      clone: cloneSchema,
      config: configure,
      globalRegistry: registry,
      safeParseAsync: parse,
      toJSONSchema: convert,
      util: helpers,
    } = await import('zod/v4/core')
    $ZodAsyncError = asyncError
    clone = cloneSchema
    config = configure
    globalRegistry = registry
    safeParseAsync = parse
    toJSONSchema = convert
    util = helpers
  } catch (cause) {
    throw new StructStreamError('unsupported_schema', 'Zod schemas need the package zod: npm install zod', { cause })
  }
}
