import { describe, expect, test } from 'vitest'
import { connect } from '../../../src/web/client/index.ts'
import { listen } from '../loopback.ts'

/** What `connect()` says of an answer. */
async function messageFor(body: string | Uint8Array, type: string | undefined, headers: Record<string, string> = {}) {
  await using server = await listen((_, response) => {
    response.writeHead(502, type === undefined ? {} : { 'content-type': type })
    response.end(body)
  })
  const error = await connect(server.url, undefined, { headers })
    .getText()
    .catch((error: unknown) => error)
  expect(error).toMatchObject({ name: 'StructStreamError', code: 'provider_error', status: 502, retryable: true })
  return (error as Error).message.replace(server.url, 'URL')
}

const nginx = `<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>
<hr><center>nginx/1.25</center></body></html>`

describe('an answer of another server has its words in the error', () => {
  test.each<[name: string, type: string | undefined, body: string, words: string]>([
    ['plain text', 'text/plain', 'Not now.\n', 'Not now.'],
    ['the page of a proxy', 'text/html', nginx, '502 Bad Gateway 502 Bad Gateway nginx/1.25'],
    ['a page with another case', 'Text/HTML; charset=utf-8', '<P>No such <B>route</B>', 'No such route'],
    [
      'a page with entities',
      'text/html',
      '<pre>Cannot POST &#39;/a&#39; &amp;&nbsp;&quot;b&quot; &unknown;</pre>',
      `Cannot POST '/a' & "b" &unknown;`,
    ],
    [
      'a page with scripts, styles and comments',
      'text/html',
      '<style>p{color:red}</style><!-- <p>v1 --><SCRIPT src="a">let a = 1 < 2</SCRIPT ><p>Down</p><script>cut off',
      'Down',
    ],
    ['a page that ends inside a tag', 'text/html', '<p>Down</p><a href="x', 'Down'],
    [
      'XML',
      'application/xml',
      '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>No</Message></Error>',
      'AccessDenied No',
    ],
    ['a page without a content type', undefined, '<!doctype html><p>Down</p>', 'Down'],
    ['text without a content type', undefined, 'Down, says a < b', 'Down, says a < b'],
    ['text that looks like a tag', 'text/plain', 'expected <id>', 'expected <id>'],
    ['JSON with a message', 'application/json', '{"error":{"message":"No key"}}', 'No key'],
    ['problem details', 'application/problem+json', '{"title":"Down","status":502}', 'Down'],
    ['JSON without one', 'application/json', '{"slow":true}', '{"slow":true}'],
    ['JSON under another name', 'text/html', '{"message":"No key"}', 'No key'],
    [
      'JSON with much after its message',
      'application/json',
      JSON.stringify({ message: 'No key', trace: 'x'.repeat(2_000) }),
      'No key',
    ],
  ])('%s', async (_, type, body, words) => {
    expect(await messageFor(body, type)).toBe(`Expected a stream from URL, got status 502: ${words}`)
  })

  test.each<[name: string, type: string | undefined, body: string | Uint8Array]>([
    ['nothing', 'text/html', ''],
    ['a page without words', 'text/html', '<div id="root"></div><script src="a"></script>'],
    ['bytes', 'application/octet-stream', Uint8Array.of(0, 1, 2, 250)],
    ['bytes that are called text', 'text/plain', Uint8Array.of(72, 105, 255, 254)],
  ])('but not %s', async (_, type, body) => {
    expect(await messageFor(body, type)).toBe('Expected a stream from URL, got status 502.')
  })

  test('at most 500 characters of it, of a page too', async () => {
    const text = await messageFor('x'.repeat(10_000), 'text/plain')
    const page = await messageFor(`<p>${'x'.repeat(10_000)}</p>`, 'text/html')
    expect([text.match(/x{9,}/)![0].length, page.match(/x{9,}/)![0].length]).toEqual([500, 500])
  })

  test('without what was sent to it, and without what looks like an API key', async () => {
    const secret = 'a-session-of-someone'
    const page = `<h1>KeyError</h1><pre>authorization: Bearer ${secret}; x-key: 0123456789abcdef; sk-proj-0123456789abcdefgh</pre>`
    const message = await messageFor(page, 'text/html', {
      authorization: `Bearer ${secret}`,
      'x-key': '0123456789abcdef',
    })
    expect(message).toContain('KeyError authorization:')
    expect(message).not.toMatch(/a-session|0123456789/)
  })
})
