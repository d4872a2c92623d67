import { describe, expect, test } from 'vitest'
import { toBase64 } from '../../../src/models/request/base64.ts'
import { readMedia, textOfBase64, toDataUrl } from '../../../src/models/request/content-part.ts'

const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 1, 2, 3)

describe('readMedia', () => {
  test('bytes, with and without a media type', () => {
    const wanted = { kind: 'data', mediaType: 'image/png', base64: 'iVBORwECAw==', filename: undefined }
    expect(readMedia({ type: 'image', image: png }, 'p')).toEqual(wanted)
    expect(readMedia({ type: 'image', image: png, mediaType: 'image/x' }, 'p')).toMatchObject({ mediaType: 'image/x' })
    expect(() => readMedia({ type: 'file', file: Uint8Array.of(1, 2) }, 'p')).toThrow('mediaType')
  })

  test.each([
    ['image/jpeg', [0xff, 0xd8, 0xff, 0xe0]],
    ['image/gif', Buffer.from('GIF89a')],
    ['image/webp', Buffer.from('RIFF1234WEBP')],
    ['application/pdf', Buffer.from('%PDF-1.7')],
  ])('knows %s by its first bytes', (mediaType, bytes) => {
    expect(readMedia({ type: 'file', file: Uint8Array.from(bytes) }, 'p')).toMatchObject({ mediaType })
  })

  test('data: URLs, base64 and percent-encoded', () => {
    const encoded = readMedia({ type: 'image', image: `data:image/png;base64,${toBase64(png)}` }, 'p')
    expect(encoded).toMatchObject({ kind: 'data', mediaType: 'image/png', base64: toBase64(png) })
    const untyped = readMedia({ type: 'image', image: `data:;base64,${toBase64(png)}` }, 'p')
    expect(untyped).toEqual(encoded)
    const plain = readMedia({ type: 'file', file: 'data:text/plain;charset=utf-8,K%C3%B6ln', filename: 'a.txt' }, 'p')
    if (plain.kind !== 'data') throw new Error('data expected')
    expect(textOfBase64(plain.base64)).toBe('Köln')
    expect([plain.mediaType, plain.filename]).toEqual(['text/plain', 'a.txt'])
    expect(toDataUrl(plain)).toBe(`data:text/plain;base64,${plain.base64}`)
  })

  test('addresses', () => {
    const wanted = { kind: 'url', url: 'https://host/a.png', mediaType: undefined, filename: undefined }
    expect(readMedia({ type: 'image', image: 'https://host/a.png' }, 'p')).toEqual(wanted)
    expect(readMedia({ type: 'image', image: new URL('https://host/a.png') }, 'p')).toEqual(wanted)
  })

  test.each(['a.png', 'data:broken', 'data:text/plain,%E0%A4%A'])('refuses %j', (image) => {
    expect(() => readMedia({ type: 'image', image }, 'p')).toThrow(expect.objectContaining({ code: 'bad_options' }))
  })

  test('base64 of more bytes than a call takes arguments', () => {
    const bytes = new Uint8Array(300_000).map((_, index) => index % 251)
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
  })
})
