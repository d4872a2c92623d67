import { z } from 'zod'
import { random, type Random } from '../src/models/simulate/random.ts'

/** Sizes at which every workload is read, in characters. */
export const SIZES = { '1 KB': 1_000, '10 KB': 10_000, '100 KB': 100_000, '1 MB': 1_000_000 } as const

/** Characters of a delta: about a model's token. */
export const DELTA = 4

/** One JSON text with a schema that it fits. */
export interface Document {
  text: string
  schema: z.ZodType
}

/** A kind of text that is hard in its own way. */
export interface Workload {
  id: string
  title: string
  /** Documents of `size` characters in all, the same for every call. */
  documents(size: number): Document[]
}

/** `text` in pieces of `DELTA` characters, as separate flat strings. */
export function deltasOf(text: string): string[] {
  const deltas: string[] = []
  for (let at = 0; at < text.length; at += DELTA) deltas.push(text.slice(at, at + DELTA))
  return deltas
}

const WORDS =
  'the a of and to in is that it was for on are with as his they be at one have this from by hot word but what some'.split(
    ' ',
  )

function prose(length: number, next: Random): string {
  let text = ''
  while (text.length < length) text += `${WORDS[next(0, WORDS.length - 1)]} `
  return text.slice(0, length)
}

/** As many elements as `size` characters hold, commas counted. */
function elements<T>(size: number, make: (index: number) => T): T[] {
  const made: T[] = []
  for (let used = 2; used < size;) {
    const element = make(made.length)
    made.push(element)
    used += JSON.stringify(element).length + 1
  }
  return made
}

const single = (value: unknown, schema: z.ZodType): Document[] => [{ text: JSON.stringify(value), schema }]

const Row = z.object({
  id: z.int(),
  title: z.string(),
  category: z.enum(['work', 'home', 'travel']),
  price: z.number(),
  isOpen: z.boolean(),
  tags: z.array(z.string()),
  owner: z.object({ name: z.string(), email: z.string() }),
})

const records: Workload = {
  id: 'records',
  title: 'records',
  documents(size) {
    const next = random(1)
    const rows = elements(size, (id) => ({
      id,
      title: prose(next(20, 60), next),
      category: (['work', 'home', 'travel'] as const)[next(0, 2)],
      price: next(100, 99_999) / 100,
      isOpen: next(0, 1) === 1,
      tags: [prose(6, next).trim(), prose(8, next).trim()],
      owner: { name: prose(12, next), email: `user${id}@example.com` },
    }))
    return single({ rows }, z.object({ rows: z.array(Row) }))
  },
}

const string: Workload = {
  id: 'string',
  title: 'one long string',
  documents: (size) => single({ text: prose(size, random(2)) }, z.object({ text: z.string() })),
}

/** Levels of each chain; the parser's own limit is 128. */
const CHAIN = 100

const nesting: Workload = {
  id: 'nesting',
  title: `chains of ${CHAIN} levels`,
  documents(size) {
    const chain = (level: number): object => ({ id: level, child: level === CHAIN ? null : chain(level + 1) })
    interface Chain {
      id: number
      child: Chain | null
    }
    const Level: z.ZodType<Chain> = z.lazy(() => z.object({ id: z.number(), child: z.nullable(Level) }))
    return single(
      elements(size, () => chain(1)),
      z.array(Level),
    )
  },
}

const numbers: Workload = {
  id: 'numbers',
  title: 'numbers',
  documents(size) {
    const next = random(4)
    const kinds = [
      () => next(-9, 9),
      () => next(0, 1_000_000),
      () => next(-99_999, 99_999) / 1_000,
      () => Math.sqrt(next(1, 1_000_000)),
      () => next(1, 999) * 10 ** next(-30, 30),
    ]
    const rows = elements(size, () => kinds.map((kind) => kind()))
    return single(rows, z.array(z.array(z.number())))
  },
}

const escapes: Workload = {
  id: 'escapes',
  title: 'escapes',
  documents(size) {
    const next = random(5)
    const pieces = ['\n', '"', '\\', '\t', '\u0001', 'path\\to\\', 'say "so"', 'line\n', 'plain words ']
    const lines = elements(size, () => Array.from({ length: 12 }, () => pieces[next(0, pieces.length - 1)]).join(''))
    // As some models write: everything beyond ASCII as \u.
    const text = JSON.stringify({ lines }).replaceAll('plain', '\\u00e9\\ud83d\\ude00')
    return [{ text, schema: z.object({ lines: z.array(z.string()) }) }]
  },
}

const dictionary: Workload = {
  id: 'dictionary',
  title: 'a dictionary (10,000 keys in 1 MB)',
  documents(size) {
    const next = random(6)
    const entries = elements(size, (id) => [`key-${id}-${next(0, 9_999)}`, prose(80, next)] as const)
    return single(Object.fromEntries(entries), z.record(z.string(), z.string()))
  },
}

const array: Workload = {
  id: 'array',
  title: 'an array (100,000 small elements in 1 MB)',
  documents(size) {
    const next = random(7)
    const small = [
      () => next(100_000_000, 999_999_999),
      () => 'abcdefg',
      () => true,
      () => null,
      () => [next(1, 9_999)],
    ]
    const Small = z.union([z.number(), z.string(), z.boolean(), z.null(), z.array(z.number())])
    return single(
      elements(size, () => small[next(0, 4)]!()),
      z.array(Small),
    )
  },
}

const PURE = [records, string, nesting, numbers, escapes, dictionary, array]

const mixed: Workload = {
  id: 'mixed',
  title: 'all of these in one process',
  documents: (size) => PURE.flatMap((workload) => workload.documents(Math.floor(size / PURE.length))),
}

export const WORKLOADS: readonly Workload[] = [...PURE, mixed]

/** @throws RangeError for an unknown id. */
export function workloadOf(id: string): Workload {
  const workload = WORKLOADS.find((one) => one.id === id)
  if (workload === undefined)
    throw new RangeError(`no workload ${id}: use one of ${WORKLOADS.map((w) => w.id).join(', ')}`)
  return workload
}
