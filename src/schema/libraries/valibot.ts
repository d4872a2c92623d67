import type { StandardSchemaV1 } from '@standard-schema/spec'
import { StructStreamError } from '../../errors.ts'
import type { JsonSchemaObject } from '../../types.ts'
import type { Judge } from '../json-schema/judges.ts'
import { judgeLists, marked, markDefaults, markEach, warningsOfMarks } from '../json-schema/judges.ts'
import type { TextCheck } from '../json-schema/text-checks.ts'
import { unsupported } from '../json-schema/keywords.ts'
import { byJsonSchema } from './by-json-schema.ts'
import type { ConvertedSchema, SchemaLibrary } from './library.ts'
import type { Hint, ValueRule } from '../rules.ts'
import { vendorOf } from './standard.ts'
import { schemasIn, sharedParts } from './shared-parts.ts'
import { validateStandard } from './standard-issue.ts'
import { MARK, viewOf, type View } from './valibot-view.ts'

/** Valibot, by its converter, which is shown a view of the schema that holds nothing it can't convert. */
export const valibot: SchemaLibrary = {
  name: 'Valibot',
  reportsAlike: false,
  matches: (schema) => vendorOf(schema) === 'valibot',
  ...byJsonSchema(fromValibot, { closed: true, dropsUndeclared: true, droppedKeys: ['constructor', 'prototype'] }),
  validate: (schema, raw) => validateStandard(schema as StandardSchemaV1, raw),
}

type Override = { jsonSchema: JsonSchemaObject; errors?: readonly string[] }

async function fromValibot(schema: object): Promise<ConvertedSchema> {
  const { toJsonSchema } = await load()
  try {
    const view = viewOf(schema)
    const { areMany, shared } = sharedParts(view, (part) => schemasIn(part, isView))
    const converted = toJsonSchema(view as never, {
      target: 'draft-2020-12',
      typeMode: 'input',
      errorMode: 'ignore',
      ...(areMany && {
        definitions: Object.fromEntries(shared.map((part, index) => [`shared${index}`, part])) as never,
      }),
      overrideSchema: (context) => refined(context as unknown as Override & { valibotSchema: View }),
      overrideAction: (context) => judged(context as unknown as Override & { valibotAction: View }),
    })
    const schemaWithMarks = markEach(markDefaults(converted as JsonSchemaObject), judgeLists)
    return { schema: schemaWithMarks, warnings: warningsOfMarks(schemaWithMarks) }
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    throw unsupported([], `valibot cannot convert it to JSON Schema: ${message}`, cause)
  }
}

function isView(value: object): boolean {
  return (value as Partial<View>).kind === 'schema'
}

/** The marks of a view are the last actions of its pipe. */
function judged({ jsonSchema, valibotAction, errors }: Override & { valibotAction: View }): JsonSchemaObject {
  if (valibotAction.type === MARK)
    return marked(jsonSchema, ...(valibotAction['judges'] as readonly (Judge | Hint | ValueRule | TextCheck)[]))
  const { requirement } = valibotAction
  const isPattern = requirement instanceof RegExp
  // JSON Schema has no flags; an expression without them would refuse what the schema takes.
  if (
    requirement instanceof RegExp &&
    /[ims]/.test(requirement.flags) &&
    jsonSchema['pattern'] === requirement.source
  ) {
    const { pattern: _, ...rest } = jsonSchema
    return marked(rest, 'library-adds')
  }
  // What the converter can't say is left out, and judged by Valibot.
  return errors === undefined || isPattern ? jsonSchema : marked(jsonSchema, 'library-adds')
}

/** What the converter says only roughly. */
function refined({ jsonSchema, valibotSchema }: Override & { valibotSchema: View }): JsonSchemaObject | undefined {
  switch (valibotSchema.type) {
    case 'tuple':
    case 'loose_tuple':
    case 'strict_tuple':
    case 'tuple_with_rest': {
      const { least } = valibotSchema as { least?: number }
      // Further items are dropped.
      const further = valibotSchema.type === 'tuple' ? { items: marked({}, 'library-reads') } : {}
      return { ...jsonSchema, ...further, minItems: least ?? 0 }
    }
    case 'loose_object':
      return marked(jsonSchema, 'library-keeps')
    case 'record': {
      const { names } = valibotSchema as { names?: readonly unknown[] }
      return names === undefined ? undefined : { ...jsonSchema, propertyNames: { enum: names } }
    }
    case 'never':
      return { not: {}, ...(valibotSchema['reason'] === undefined ? {} : { $comment: valibotSchema['reason'] }) }
    default:
      return undefined
  }
}

async function load(): Promise<typeof import('@valibot/to-json-schema')> {
  try {
    return await import('@valibot/to-json-schema')
  } catch (cause) {
    const message = 'Valibot schemas need the package @valibot/to-json-schema: npm install @valibot/to-json-schema'
    throw new StructStreamError('unsupported_schema', message, { cause })
  }
}
