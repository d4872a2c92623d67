import type { McpCallResult } from './mcp-client.ts'

/** A part of what a tool gave, in the protocol's own form: `text`, `image`, `audio`, `resource` or `resource_link`. */
export interface McpPart {
  readonly type: string
  readonly [field: string]: unknown
}

/**
 * What a tool gave that isn't only text. The model gets its texts, and a line for everything else, since the results of
 * tools are text; `output` of the `tool-result` event is this object, with images and files.
 */
export class McpContent {
  readonly parts: readonly McpPart[]
  /** Data of the tool's `outputSchema`, if it has one. */
  readonly structured: unknown

  constructor(parts: readonly McpPart[], structured?: unknown) {
    this.parts = parts
    this.structured = structured
  }

  /** What the model gets. */
  toJSON(): unknown {
    return this.structured ?? textOf(this.parts)
  }
}

/**
 * The parts of a result.
 *
 * @throws TypeError for a result of another form
 */
export function partsOf({ content = [] }: McpCallResult): McpPart[] {
  if (Array.isArray(content) && content.every(isPart)) return content
  throw new TypeError('the server answered with content of an unknown form')
}

function isPart(value: unknown): value is McpPart {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

export function isText({ type, text }: McpPart): boolean {
  return type === 'text' && typeof text === 'string'
}

/** Parts as text; what has none is named, with its type and size. */
export function textOf(parts: readonly McpPart[]): string {
  return parts.map(inWords).join('\n')
}

function inWords(part: McpPart): string {
  const { type, text, data, mimeType, uri, name, resource } = part
  if (isText(part)) return String(text)
  if (type === 'resource' && isObject(resource)) {
    if (typeof resource['text'] === 'string') return resource['text']
    return described('resource', resource['mimeType'], resource['uri'], resource['blob'])
  }
  if (type === 'resource_link') return described('resource', mimeType, uri ?? name, undefined)
  return described(type, mimeType, undefined, data)
}

/** As in `[image image/png, 12 kB]`. */
function described(type: string, mimeType: unknown, uri: unknown, base64: unknown): string {
  const size = typeof base64 === 'string' ? `${Math.ceil((base64.length * 3) / 4 / 1000)} kB` : undefined
  const words = [type, mimeType, uri].filter((word) => typeof word === 'string').join(' ')
  return `[${size === undefined ? words : `${words}, ${size}`}]`
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
