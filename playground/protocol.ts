import { z } from 'zod'
import { schemas } from '../schemas/index.ts'
import type { JsonSchemaObject } from '../src/types.ts'

/** What the page and its server say to each other, for both ends. The answer is a stream of `structstream/server`. */

/** Where the page asks for a run, and for what it can ask. */
export const RUN_PATH = '/api/run'
export const CONFIG_PATH = '/api/config'

/** Where the page asks how an answer that is there already would be read, and for the recording that the server was started with. */
export const JUDGE_PATH = '/api/judge'
export const RECORDING_PATH = '/api/recording'

/** Response header: characters of the whole answer that the simulated model would give, were it never stopped. */
export const LENGTH_HEADER = 'x-play-length'

/** Bytes of a request's body. */
export const LARGEST_BODY = 262_144

/** Bytes of a request's body that has a recorded call in it: some 30 bytes for each character of its answer. */
export const LARGEST_JUDGED = 33_554_432

/** What may go wrong with the simulated model's first answer; later ones are good. */
export const faults = {
  none: 'Nothing: a good answer',
  sloppy: 'Sloppy JSON, in prose and a code fence',
  invalid: 'A value of the wrong type',
  missing: 'A required field left out',
  cut: 'The connection is cut in the middle',
  stall: 'The model falls silent in the middle',
  truncated: 'The output limit is reached (truncated)',
  refusal: 'The model refuses',
  filtered: 'A content filter stops it',
  'rate-limited': 'Status 429: too many requests',
} as const

export type Fault = keyof typeof faults

const keysOf = <K extends string>(record: Record<K, unknown>) => Object.keys(record) as [K, ...K[]]

/** Without a network: its pace and its faults. */
const Simulated = z.strictObject({
  kind: z.literal('simulated'),
  /** Deltas a second. */
  speed: z.number().min(1).max(1_000),
  /** Characters of a delta, on average. */
  chunk: z.int().min(1).max(1_000),
  fault: z.enum(keysOf(faults)),
  /** Whether it thinks aloud before it answers. */
  reasoning: z.boolean(),
})

/** `name` is 'provider:id'. */
const Real = z.strictObject({ kind: z.literal('real'), name: z.string().trim().min(1).max(200) })

/** The name of the schema that the server was started with. */
export const GIVEN = 'given'

/** The name of a ready-made schema, `given`, or a JSON Schema. */
const ChosenSchema = z.union([z.enum([...keysOf(schemas), GIVEN]), z.record(z.string(), z.unknown())])

/** The body of a request for a run. */
export const PlayRequest = z.strictObject({
  prompt: z.string().trim().min(1).max(100_000),
  schema: ChosenSchema,
  model: z.discriminatedUnion('kind', [Simulated, Real]),
  onInvalid: z.enum(['collect', 'abort', 'restart', 'patch']),
  recover: z.boolean(),
  repair: z.boolean(),
})

export type PlayRequest = z.infer<typeof PlayRequest>

/** An answer that is there already. */
const Source = z.discriminatedUnion('kind', [
  /** The lines of one recorded call. */
  z.strictObject({ kind: z.literal('recorded'), call: z.string() }),
  z.strictObject({
    kind: z.literal('pasted'),
    text: z.string(),
    /** Characters of a delta. */
    chunk: z.int().min(1).max(100_000),
    /** Milliseconds before each delta. */
    delay: z.number().min(0).max(60_000),
  }),
])

/** The body of a request that asks how an answer would be read. */
export const JudgeRequest = z.strictObject({
  source: Source,
  schema: ChosenSchema,
  /** The other policies need a model that answers again. */
  onInvalid: z.enum(['collect', 'abort']),
  repair: z.boolean(),
})

export type JudgeRequest = z.infer<typeof JudgeRequest>

/** A provider that the server can ask. */
export interface ProviderInfo {
  /** As in 'provider:id'. */
  name: string
  /** A model of it, as 'provider:id'. */
  example: string
  /** Whether the server has what it needs; `needs` says what that is. */
  isReady: boolean
  needs: string
}

/** What the server tells the page about itself; never a key. */
export interface PlayConfig {
  version: string
  providers: ProviderInfo[]
  /** The model that the server was started with. */
  model?: string
  /** The schema that the server was started with. */
  schema?: GivenSchema
  /** The name of the recording that the server was started with. */
  recording?: string
}

/** A schema that only the server can check data by; the page follows its JSON Schema. */
export interface GivenSchema {
  /** As on the command line: `file#export`. */
  name: string
  jsonSchema: JsonSchemaObject
}
