import { places, type Kinds } from './places.ts'

/** Plain JSON Schema is put into places as plain data, and made a schema at the end. */
export const JSON_SCHEMA: Kinds = {
  library: 'JSON Schema',
  leaves: [
    ['string', { type: 'string', minLength: 1, maxLength: 3 }],
    ['pattern', { type: 'string', pattern: '^a' }],
    ['number', { type: 'number', minimum: 1 }],
    ['enum', { enum: ['a', 'ABC', 1] }],
    ['any', {}],
    ['object', { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }],
    ['closed', { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false }],
    ['not', { type: 'string', not: { const: 'a' } }],
    ['contains', { type: 'array', contains: { const: 'b' } }],
    ['prototype key', { type: 'object', properties: { constructor: { type: 'string' } }, required: ['constructor'] }],
  ],
  places: places({
    key: (inner: object) => ({ type: 'object', properties: { a: inner }, required: ['a'] }),
    'optional key': (inner: object) => ({ type: 'object', properties: { a: inner } }),
    element: (inner: object) => ({ type: 'array', items: inner }),
    'record value': (inner: object) => ({ type: 'object', additionalProperties: inner }),
    nullable: (inner: object) => ({ anyOf: [inner, { type: 'null' }] }),
    'union with a number': (inner: object) => ({ anyOf: [inner, { type: 'number' }] }),
    'two keys, same schema': (inner: object) => ({ type: 'object', properties: { a: inner, b: inner } }),
  }),
}
