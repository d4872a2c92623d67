/** What a schema of any library is made of, for the law that nothing that fits is reported. */
export interface TextKind {
  kind: 'text'
  /** The text is changed before the checks see it. */
  change?: 'trim' | 'lower'
  patterns: readonly RegExp[]
  format?: Format
  starts?: string
  ends?: string
  includes?: string
  least?: number
  most?: number
}
export type Format = 'email' | 'uuid' | 'date' | 'date-time' | 'url' | 'ipv4'

export interface NumberKind {
  kind: 'number'
  isWhole?: boolean
  minimum?: number
  maximum?: number
  above?: number
  below?: number
  step?: number
}

export interface ObjectKind {
  kind: 'object'
  keys: readonly { name: string; isOptional: boolean; value: Kind }[]
  isClosed: boolean
}

export type Kind =
  | TextKind
  | NumberKind
  | ObjectKind
  | { kind: 'boolean' }
  | { kind: 'null' }
  | { kind: 'literals'; values: readonly string[] }
  | { kind: 'list'; element: Kind; least?: number; most?: number }
  | { kind: 'pair'; first: Kind; second: Kind }
  | { kind: 'record'; value: Kind }
  | { kind: 'nullable'; inner: Kind }
  | { kind: 'either'; one: Kind; other: Kind }
  /** What doesn't fit is replaced. */
  | { kind: 'caught'; inner: Kind }
  /** A number, or a text that is one. */
  | { kind: 'number from text'; inner: NumberKind }
  /** `prepare` runs before the schema sees the value. */
  | { kind: 'prepared'; inner: Kind }
  /** Another value is made of what fits. */
  | { kind: 'made'; inner: Kind }

/** Takes texts without the spaces around them, and lists for their first element. */
export function prepare(value: unknown): unknown {
  if (typeof value === 'string') return value.trim()
  return Array.isArray(value) && value.length > 0 ? (value as unknown[])[0] : value
}

/** What one library can say; `null` for what it can't. */
export interface Library {
  text(kind: TextKind): object | null
  number(kind: NumberKind): object | null
  boolean(): object
  null(): object
  literals(values: readonly string[]): object
  list(element: object, least?: number, most?: number): object
  pair(first: object, second: object): object
  object(keys: readonly { name: string; isOptional: boolean; schema: object }[], isClosed: boolean): object
  record(value: object): object
  nullable(inner: object): object
  either(one: object, other: object): object
  caught?(inner: object): object
  numberFromText?(kind: NumberKind): object
  prepared?(inner: object): object
  made?(inner: object): object
}

/** The schema of a kind in a library; `null` where it can't say it. */
export function schemaOf(library: Library, kind: Kind): object | null {
  const inner = (child: Kind): object | null => schemaOf(library, child)
  const around = (child: Kind, make: ((schema: object) => object) | undefined): object | null => {
    const schema = make === undefined ? null : inner(child)
    return schema === null ? null : make!(schema)
  }
  const both = (a: Kind, b: Kind, make: (one: object, other: object) => object): object | null => {
    const one = inner(a)
    const other = inner(b)
    return one === null || other === null ? null : make(one, other)
  }
  switch (kind.kind) {
    case 'text':
      return library.text(kind)
    case 'number':
      return library.number(kind)
    case 'boolean':
      return library.boolean()
    case 'null':
      return library.null()
    case 'literals':
      return library.literals(kind.values)
    case 'list':
      return around(kind.element, (element) => library.list(element, kind.least, kind.most))
    case 'pair':
      return both(kind.first, kind.second, library.pair)
    case 'record':
      return around(kind.value, library.record)
    case 'nullable':
      return around(kind.inner, library.nullable)
    case 'either':
      return both(kind.one, kind.other, library.either)
    case 'caught':
      return around(kind.inner, library.caught)
    case 'prepared':
      return around(kind.inner, library.prepared)
    case 'made':
      return around(kind.inner, library.made)
    case 'number from text':
      return library.numberFromText?.(kind.inner) ?? null
    case 'object': {
      const keys = kind.keys.map(({ name, isOptional, value }) => ({ name, isOptional, schema: inner(value) }))
      if (keys.some(({ schema }) => schema === null)) return null
      return library.object(keys as Parameters<Library['object']>[0], kind.isClosed)
    }
    default: {
      const impossible: never = kind
      return impossible
    }
  }
}
