import type { EmittedSchema } from './emitter.ts'

/** The same schema, with `null` allowed next to everything else. */
export function nullable(schema: EmittedSchema): EmittedSchema {
  const { title, description, ...inner } = schema
  const words: EmittedSchema = {}
  if (title !== undefined) words['title'] = title
  if (description !== undefined) words['description'] = description
  const { type, anyOf } = inner
  if (Array.isArray(anyOf) && Object.keys(inner).length === 1)
    return { anyOf: [...(anyOf as unknown[]), { type: 'null' }], ...words }
  if (Array.isArray(type) && Object.keys(inner).length === 1)
    return { type: [...(type as unknown[]), 'null'], ...words }
  const named = Object.hasOwn(inner, 'enum') || Object.hasOwn(inner, 'const')
  if (typeof type === 'string' && !named && type !== 'object' && type !== 'array')
    return { ...inner, type: [type, 'null'], ...words }
  return { anyOf: [inner, { type: 'null' }], ...words }
}
