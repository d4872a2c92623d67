import { z } from 'zod'

/** What the rows are read by. */
export const SCHEMAS = {
  any: z.any(),
  list: z.array(z.any()),
  nullableText: z.string().nullable(),
  nullableYes: z.boolean().nullable(),
  note: z.object({ title: z.string(), count: z.number().optional(), done: z.boolean().optional() }),
  words: z.object({ words: z.array(z.string()) }),
  person: z.object({ name: z.string(), age: z.int(), email: z.string().nullable().optional() }),
  people: z.array(z.object({ name: z.string(), age: z.int() })),
  ticket: z.object({
    severity: z.enum(['Low', 'Medium', 'High', 'In Review']),
    open: z.boolean(),
    points: z.number().min(0).max(100).nullable(),
    labels: z.array(z.string()),
  }),
  shape: z.discriminatedUnion('type', [
    z.object({ type: z.literal('circle'), radius: z.number() }),
    z.object({ type: z.literal('square'), side: z.number() }),
  ]),
  /** Read in several ways at once. */
  either: z.union([
    z.object({ text: z.string(), size: z.number() }),
    z.object({ text: z.string(), color: z.enum(['red', 'blue']) }),
  ]),
  mixed: z.object({
    value: z.union([z.enum(['on', 'off']), z.string().min(4)]),
    rest: z.array(z.union([z.literal('x'), z.string()])),
  }),
  scores: z.record(z.string(), z.number()),
  pair: z.tuple([z.string(), z.number()]),
  numbers: z.array(z.number()),
  grid: z.array(z.array(z.number())),
  /** Keys that may be left out, or be null. */
  form: z.object({
    name: z.string(),
    note: z.string().optional(),
    size: z.number().default(1),
    email: z.string().nullable(),
    parts: z.array(z.object({ id: z.int().optional() })).optional(),
  }),
  strictly: z.strictObject({ id: z.int(), size: z.number().optional() }),
  options: z.array(z.object({ label: z.string().optional(), size: z.number().optional() })),
  numberOrText: z.object({ id: z.union([z.number(), z.string()]), big: z.coerce.bigint().optional() }),
  nested: z.object({
    outer: z.object({ inner: z.string(), list: z.array(z.object({ id: z.int(), text: z.string() })) }),
  }),
} satisfies Record<string, z.ZodType>

/** The value of a row that a careful person would not read. */
const CANNOT_BE_READ = 'cannot be read'

/** A model's sloppy answer, and what a careful person would read from it. */
export interface Row {
  class: string
  schema: keyof typeof SCHEMAS
  text: string
  /** `CANNOT_BE_READ` in `unreadable` rows. */
  value: unknown
  isUnreadable: boolean
  /** Kinds of the repairs, in the order of the text. */
  repairs: string[] | null
}

type Entry = [schema: keyof typeof SCHEMAS, text: string, value: unknown, ...repairs: string[]]

/** Rows that can be read; with no repairs named, none are checked. */
export function rows(name: string, entries: Entry[]): Row[] {
  return entries.map(([schema, text, value, ...repairs]) => ({
    class: name,
    schema,
    text,
    value,
    isUnreadable: false,
    repairs: repairs.length > 0 ? repairs : null,
  }))
}

export function unreadable(name: string, entries: [schema: keyof typeof SCHEMAS, text: string][]): Row[] {
  return entries.map(([schema, text]) => ({
    class: name,
    schema,
    text,
    value: CANNOT_BE_READ,
    isUnreadable: true,
    repairs: null,
  }))
}
