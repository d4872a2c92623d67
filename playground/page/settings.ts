import { z } from 'zod'
import { schemas, type SchemaEntry } from '../../schemas/index.ts'
import { jsonSchema } from '../../src/schema/json-schema/definition.ts'
import type { JsonSchemaObject } from '../../src/types.ts'
import {
  GIVEN,
  type Fault,
  type GivenSchema,
  type JudgeRequest,
  type PlayConfig,
  type PlayRequest,
} from '../protocol.ts'
import type { AnySchema } from '../../src/schema/types.ts'

/** A ready-made one, the one that the server was started with, or one's own. */
export type SchemaName = keyof typeof schemas | typeof GIVEN | 'own'

/** What the form says. */
export interface PageSettings {
  schema: SchemaName
  ownSchema: string
  prompt: string
  /** Who answers; `pasted` and `recorded` answers are there already. */
  kind: 'simulated' | 'real' | 'pasted' | 'recorded'
  /** 'provider:id' */
  model: string
  /** Deltas a second. */
  speed: number
  /** Characters of a delta. */
  chunk: number
  fault: Fault
  reasoning: boolean
  onInvalid: PlayRequest['onInvalid']
  recover: boolean
  repair: boolean
  /** A pasted answer. */
  pasted: string
}

/** Stops of the sliders. */
export const SPEEDS = [2, 5, 10, 20, 30, 60, 100, 200, 500, 1_000] as const
export const CHUNKS = [1, 2, 4, 6, 8, 16, 32, 64, 128] as const

const example = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    age: { type: 'integer', minimum: 0 },
    emails: { type: 'array', items: { type: 'string', format: 'email' } },
  },
  required: ['name', 'age', 'emails'],
}

/** What each schema is asked for. */
export const prompts = {
  ...Object.fromEntries(Object.entries(schemas).map(([name, { prompt }]) => [name, prompt])),
  own: 'Make up a person.',
  [GIVEN]: 'Make up an example.',
} as Record<SchemaName, string>

export const initialSettings: PageSettings = {
  schema: 'movie',
  ownSchema: JSON.stringify(example, null, 2),
  prompt: schemas.movie.prompt,
  kind: 'simulated',
  model: '',
  speed: 30,
  chunk: 6,
  fault: 'none',
  reasoning: false,
  onInvalid: 'collect',
  recover: false,
  repair: true,
  pasted: '',
}

/** What the form says at first: the schema that the server was started with, if any. */
export function settingsFor(config: PlayConfig | undefined): PageSettings {
  if (config?.schema === undefined) return initialSettings
  const { name } = config.schema
  const schema = Object.hasOwn(schemas, name) ? (name as keyof typeof schemas) : GIVEN
  return { ...initialSettings, schema, prompt: prompts[schema] }
}

/** Settings that show one thing each. */
export const presets: { title: string; about: string; settings: Partial<PageSettings> }[] = [
  {
    title: 'Good answer',
    about: 'Everything goes well',
    settings: { fault: 'none', onInvalid: 'collect', recover: false, repair: true },
  },
  {
    title: 'Sloppy JSON',
    about: 'Prose, a fence, bare keys and Python words are repaired on the way',
    settings: { fault: 'sloppy', onInvalid: 'collect', repair: true },
  },
  {
    title: 'Wrong value, patched',
    about: 'Only the wrong place is asked for again',
    settings: { schema: 'invoice', fault: 'invalid', onInvalid: 'patch' },
  },
  {
    title: 'Stopped early',
    about: 'The model is stopped at the first certain violation',
    settings: { schema: 'invoice', fault: 'invalid', onInvalid: 'abort' },
  },
  {
    title: 'Cut, goes on',
    about: 'After a lost connection, only the rest is asked for',
    settings: { schema: 'recipe', fault: 'cut', recover: true, onInvalid: 'collect' },
  },
]

/** The schema for `connect`, and what is drawn while nothing has come. */
export interface ChosenSchema {
  schema: AnySchema
  shape: JsonSchemaObject
}

const ready = new Map<string, ChosenSchema>()

/**
 * The chosen schema.
 * @throws when the user's own isn't JSON, or no object
 */
export function chosenSchema({ schema: name, ownSchema }: PageSettings, given: GivenSchema | undefined): ChosenSchema {
  const id = name === 'own' ? `own ${ownSchema}` : name
  let known = ready.get(id)
  if (known === undefined) {
    // Of one's own schemas, one for each key that is pressed.
    if (ready.size > 50) ready.clear()
    ready.set(id, (known = makeSchema(name, ownSchema, given)))
  }
  return known
}

function makeSchema(name: SchemaName, ownSchema: string, given: GivenSchema | undefined): ChosenSchema {
  if (name === 'own') {
    const shape = JSON.parse(ownSchema) as JsonSchemaObject
    return { schema: jsonSchema(shape), shape }
  }
  if (name !== GIVEN) return readyMade(schemas[name])
  const shape = given?.jsonSchema ?? {}
  return { schema: jsonSchema(shape, { validator: checkedByTheServer }), shape }
}

/** The page can't run the user's code: it shows what the server let pass. */
const checkedByTheServer = {
  '~standard': { version: 1, vendor: 'playground', validate: (value: unknown) => ({ value }) },
} as const

function readyMade({ schema }: SchemaEntry): ChosenSchema {
  return { schema, shape: z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) }
}

/** What is sent to the server. @throws as `chosenSchema` does */
export function requestOf(settings: PageSettings): PlayRequest {
  const { prompt, kind, model, speed, chunk, fault, reasoning, onInvalid, recover, repair } = settings
  return {
    prompt,
    schema: schemaOf(settings),
    model: kind === 'real' ? { kind, name: model } : { kind: 'simulated', speed, chunk, fault, reasoning },
    onInvalid,
    recover,
    repair,
  }
}

/** How an answer that is there already is to be judged. @throws as `chosenSchema` does */
export function judgeRequestOf(settings: PageSettings, source: JudgeRequest['source']): JudgeRequest {
  return { source, schema: schemaOf(settings), onInvalid: judgedPolicy(settings), repair: settings.repair }
}

/** Without a model to ask again, the others read an answer as these do. */
export function judgedPolicy({ onInvalid }: PageSettings): JudgeRequest['onInvalid'] {
  return onInvalid === 'abort' || onInvalid === 'restart' ? 'abort' : 'collect'
}

function schemaOf(settings: PageSettings): PlayRequest['schema'] {
  return settings.schema === 'own' ? chosenSchema(settings, undefined).shape : settings.schema
}
