import { same, valueOf, type Part } from './prefix.ts'

/**
 * The table of earliest certain reports, for JSON Schema, as a function over what has come: straight from the keywords,
 * with no regard for cost. Of a complete value it is the verdict.
 */
export function isCertainlyWrong(schema: unknown, part: Part, root: unknown = schema): boolean {
  if (typeof schema === 'boolean') return !schema
  const keywords = schema as Record<string, any>
  const inner = (child: unknown, value: Part): boolean => isCertainlyWrong(child, value, root)
  const isClosed = part.isDone
  const rules: Record<string, () => boolean> = {
    $ref: () => inner((root as { $defs: Record<string, unknown> }).$defs[keywords['$ref'].split('/').at(-1)], part),
    type: () => ![keywords['type']].flat().some((type: string) => mayBeOfType(type, part)),
    const: () => !mayBe(keywords['const'], part),
    enum: () => !keywords['enum'].some((option: unknown) => mayBe(option, part)),
    allOf: () => keywords['allOf'].some((branch: unknown) => inner(branch, part)),
    anyOf: () => keywords['anyOf'].every((branch: unknown) => inner(branch, part)),
    oneOf: () => {
      const alive = keywords['oneOf'].filter((branch: unknown) => !inner(branch, part))
      return alive.length === 0 || (isClosed && alive.length > 1)
    },
    not: () => isClosed && !inner(keywords['not'], part),
  }
  if (part.kind === 'string') {
    const length = Array.from(part.text).length
    rules['maxLength'] = () => length > keywords['maxLength']
    rules['minLength'] = () => isClosed && length < keywords['minLength']
    rules['pattern'] = () => isClosed && !new RegExp(keywords['pattern'], 'u').test(part.text)
  }
  if (part.kind === 'number' && isClosed) {
    const value = Number(part.text)
    rules['minimum'] = () => value < keywords['minimum']
    rules['maximum'] = () => value > keywords['maximum']
    rules['exclusiveMinimum'] = () => value <= keywords['exclusiveMinimum']
    rules['exclusiveMaximum'] = () => value >= keywords['exclusiveMaximum']
    rules['multipleOf'] = () => !Number.isInteger(value / keywords['multipleOf'])
  }
  if (part.kind === 'array') {
    const { elements } = part
    const prefix: unknown[] = keywords['prefixItems'] ?? []
    rules['maxItems'] = () => elements.length > keywords['maxItems']
    rules['minItems'] = () => isClosed && elements.length < keywords['minItems']
    rules['prefixItems'] = () => elements.some((element, at) => at < prefix.length && inner(prefix[at], element))
    rules['items'] = () => elements.slice(prefix.length).some((element) => inner(keywords['items'], element))
    rules['contains'] = () => isClosed && elements.every((element) => inner(keywords['contains'], element))
    rules['uniqueItems'] = () => {
      const complete = elements.filter((element) => element.isDone).map(valueOf)
      return complete.some((value, at) => complete.slice(0, at).some((other) => same(value, other)))
    }
  }
  if (part.kind === 'object') {
    const { entries } = part
    const properties: Record<string, unknown> = keywords['properties'] ?? {}
    const patterns: [string, unknown][] = Object.entries(keywords['patternProperties'] ?? {})
    const has = (key: string): boolean => entries.some((entry) => entry.key === key)
    const matching = (key: string): unknown[] =>
      patterns.filter(([source]) => new RegExp(source, 'u').test(key)).map(([, child]) => child)
    const isWrong = (child: unknown, value: Part | null): boolean =>
      child === false || (value !== null && inner(child, value))
    rules['maxProperties'] = () => entries.length > keywords['maxProperties']
    rules['minProperties'] = () => isClosed && entries.length < keywords['minProperties']
    rules['required'] = () => isClosed && keywords['required'].some((key: string) => !has(key))
    rules['properties'] = () =>
      entries.some(
        ({ key, value }) => Object.hasOwn(properties, key) && value !== null && inner(properties[key], value),
      )
    rules['patternProperties'] = () =>
      entries.some(({ key, value }) => matching(key).some((child) => isWrong(child, value)))
    rules['additionalProperties'] = () =>
      entries.some(
        ({ key, value }) =>
          !Object.hasOwn(properties, key) &&
          matching(key).length === 0 &&
          isWrong(keywords['additionalProperties'], value),
      )
    rules['propertyNames'] = () =>
      entries.some(({ key }) => inner(keywords['propertyNames'], { kind: 'string', text: key, isDone: true }))
    rules['dependentRequired'] = () =>
      isClosed &&
      Object.entries(keywords['dependentRequired'] as Record<string, string[]>).some(
        ([key, needed]) => has(key) && needed.some((other) => !has(other)),
      )
  }
  return Object.keys(rules).some((keyword) => Object.hasOwn(keywords, keyword) && rules[keyword]!())
}

function mayBeOfType(type: string, part: Part): boolean {
  switch (part.kind) {
    case 'number':
      return type === 'number' || (type === 'integer' && (!part.isDone || Number.isInteger(Number(part.text))))
    case 'literal':
      return type === (part.value === null ? 'null' : 'boolean')
    default:
      return type === part.kind
  }
}

/** Whether what has come may become this value. */
function mayBe(option: unknown, part: Part): boolean {
  if (part.kind === 'string')
    return typeof option === 'string' && (part.isDone ? option === part.text : option.startsWith(part.text))
  if (part.kind === 'number') return typeof option === 'number' && (!part.isDone || option === Number(part.text))
  if (part.kind === 'literal') return option === part.value
  if (typeof option !== 'object' || option === null) return false
  if (part.kind === 'array') {
    if (!Array.isArray(option) || part.elements.length > option.length) return false
    if (part.isDone && part.elements.length < option.length) return false
    return part.elements.every((element, at) => mayBe(option[at], element))
  }
  if (Array.isArray(option)) return false
  if (part.isDone && part.entries.length < Object.keys(option).length) return false
  return part.entries.every(
    ({ key, value }) =>
      Object.hasOwn(option, key) && (value === null || mayBe((option as Record<string, unknown>)[key], value)),
  )
}
