import { loadZodCore } from '../../src/schema/zod/core.ts'

// For tests that make nodes of Zod schemas themselves; the library loads Zod before it does.
await loadZodCore()
