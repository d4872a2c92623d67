import type { z } from 'zod/v4'

/** A ready-made schema with what is needed to try it. */
export interface SchemaEntry<S extends z.ZodType = z.ZodType> {
  /** Shown to people. */
  title: string
  schema: S
  /** An answer such as a good model gives; it passes the schema. */
  sample: z.input<S>
  /** A question that the sample answers. */
  prompt: string
}

/** Checks at compile time that the sample fits the schema. */
export function entry<S extends z.ZodType>(parts: SchemaEntry<S>): SchemaEntry<S> {
  return parts
}
