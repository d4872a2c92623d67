import { StructStreamError } from '../../errors.ts'
import type { FilePart, ImagePart } from '../../types.ts'
import { toBase64 } from './base64.ts'

/** An image or document of a message, read once for all providers: bytes as base64, or the address of one. */
export type Media =
  | { kind: 'data'; mediaType: string; base64: string; filename?: string | undefined }
  | { kind: 'url'; url: string; mediaType?: string | undefined; filename?: string | undefined }

const DATA_URL = /^data:([^;,]+)?((?:;[^;,]+)*?)(;base64)?,(.*)$/s

/** The first bytes of the formats that are distinguished without a media type. */
const SIGNATURES: readonly (readonly [string, string])[] = [
  ['image/png', '\u0089PNG'],
  ['image/jpeg', '\u00ff\u00d8\u00ff'],
  ['image/gif', 'GIF8'],
  ['application/pdf', '%PDF-'],
]

/**
 * Reads an image or file part.
 *
 * @throws `bad_options` when it is neither a URL nor bytes of a known media type
 */
export function readMedia(part: ImagePart | FilePart, provider: string): Media {
  const source = part.type === 'image' ? part.image : part.file
  const filename = part.type === 'file' ? part.filename : undefined
  if (source instanceof Uint8Array) {
    const mediaType = part.mediaType ?? sniff(source)
    if (mediaType === undefined) throw refused(part, provider, 'holds bytes without a media type: give { mediaType }')
    return { kind: 'data', mediaType, base64: toBase64(source), filename }
  }
  const text = String(source)
  if (/^data:/i.test(text)) return readDataUrl(part, text, provider, filename)
  if (!URL.canParse(text)) throw refused(part, provider, 'is neither bytes nor an absolute URL nor a data: URL')
  return { kind: 'url', url: text, mediaType: part.mediaType, filename }
}

/** The error for a part that a provider has no form for. */
export function refused(part: { type: string }, provider: string, reason: string): StructStreamError {
  return new StructStreamError('bad_options', `A part of type "${part.type}" cannot go to ${provider}: it ${reason}.`, {
    provider,
  })
}

/** A `data:` URL of bytes. */
export function toDataUrl(media: Media & { kind: 'data' }): string {
  return `data:${media.mediaType};base64,${media.base64}`
}

/** The bytes of base64. */
export function bytesOfBase64(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
}

/** The text of base64, for providers that take plain documents as text. */
export function textOfBase64(base64: string): string {
  return new TextDecoder().decode(bytesOfBase64(base64))
}

function readDataUrl(part: ImagePart | FilePart, url: string, provider: string, filename: string | undefined): Media {
  const match = DATA_URL.exec(url)
  if (match === null) throw refused(part, provider, 'is a data: URL that cannot be read')
  const [, urlType, , base64, data = ''] = match
  const mediaType = part.mediaType ?? urlType ?? (base64 && sniffBase64(data)) ?? 'text/plain'
  if (base64 !== undefined) return { kind: 'data', mediaType, base64: data, filename }
  try {
    return { kind: 'data', mediaType, base64: toBase64(new TextEncoder().encode(decodeURIComponent(data))), filename }
  } catch {
    throw refused(part, provider, 'is a data: URL with a broken percent escape')
  }
}

/** Sixteen characters are twelve bytes. */
function sniffBase64(base64: string): string | undefined {
  try {
    return sniff(bytesOfBase64(base64.slice(0, 16)))
  } catch {
    return undefined
  }
}

function sniff(bytes: Uint8Array): string | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 12))
  if (head.startsWith('RIFF') && head.endsWith('WEBP')) return 'image/webp'
  return SIGNATURES.find(([, signature]) => head.startsWith(signature))?.[0]
}
