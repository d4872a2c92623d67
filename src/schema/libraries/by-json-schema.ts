import type { JsonSchemaObject } from '../../types.ts'
import { hasRules, withoutMarks } from '../json-schema/judges.ts'
import type { Trust } from '../json-schema/nodes.ts'
import type { SchemaNode } from '../node.ts'
import type { ConvertedSchema } from './library.ts'

/** A schema of a library that is followed by its JSON Schema, with marks where that is only an approximation. */
interface Followed {
  readonly asked: ConvertedSchema
  readonly marked: JsonSchemaObject
}

/**
 * What libraries have in common whose schemas are followed by their JSON Schema: `convert` makes it, marked, once for
 * each schema.
 */
export function byJsonSchema(
  convert: (schema: object) => Promise<ConvertedSchema>,
  trust: Omit<Trust, 'check'>,
): { toJsonSchema(schema: object): Promise<ConvertedSchema>; node(schema: object): Promise<SchemaNode> } {
  const known = new WeakMap<object, Promise<Followed>>()
  // Nodes are cached by the identity of what they trust.
  const trusted: Trust = { check: null, ...trust }
  const follow = (schema: object): Promise<Followed> => {
    let followed = known.get(schema)
    if (followed === undefined) {
      followed = convert(schema).then(({ schema: marked, warnings }) => ({
        asked: { schema: withoutMarks(marked), warnings, hasRules: hasRules(marked) },
        marked,
      }))
      known.set(schema, followed)
      followed.catch(() => known.delete(schema))
    }
    return followed
  }
  return {
    toJsonSchema: async (schema) => (await follow(schema)).asked,
    async node(schema) {
      const [{ marked }, { jsonSchemaNode }] = await Promise.all([follow(schema), import('../json-schema/nodes.ts')])
      return jsonSchemaNode(marked, trusted)
    },
  }
}
