import { describe, expect, test } from 'vitest'
import { checkBaseUrl, findKey, requireKey } from '../../../src/models/transport/credentials.ts'
import { missingSdk } from '../../../src/models/transport/load-sdk.ts'

describe('requireKey', () => {
  test('takes the option, without white space around it', async () => {
    expect(await requireKey('p', ' key\n', ['NO_SUCH_VARIABLE'])).toBe('key')
  })

  test('takes the first variable that is set', async () => {
    process.env['TEST_KEY_B'] = 'from-b'
    try {
      expect(await requireKey('p', undefined, ['TEST_KEY_A', 'TEST_KEY_B'])).toBe('from-b')
      expect(await requireKey('p', '', ['TEST_KEY_A', 'TEST_KEY_B'])).toBe('from-b')
    } finally {
      delete process.env['TEST_KEY_B']
    }
  })

  test('asks a function each time', async () => {
    let count = 0
    const next = (): string => `key-${++count}`
    expect([await requireKey('p', next, []), await requireKey('p', next, [])]).toEqual(['key-1', 'key-2'])
  })

  test('a function that throws or gives nothing is a bad option, and its words are not repeated', async () => {
    const throws = (): never => {
      throw new Error('secret-in-message')
    }
    await expect(requireKey('p', throws, [])).rejects.toMatchObject({ code: 'bad_options' })
    await expect(requireKey('p', throws, [])).rejects.not.toThrow('secret-in-message')
    await expect(findKey('p', () => '', [])).rejects.toMatchObject({ code: 'bad_options' })
  })
})

describe('checkBaseUrl', () => {
  test.each(['localhost:8000', 'ftp://host', '', '/v1', 'https://user:pass@host/v1'])('refuses %j', (url) => {
    expect(() => checkBaseUrl('p', 'baseURL', url)).toThrow(expect.objectContaining({ code: 'bad_options' }))
    expect(() => checkBaseUrl('p', 'baseURL', url)).not.toThrow('pass@')
  })

  test.each(['http://127.0.0.1:8000/v1', 'https://host'])('takes %s', (url) => {
    expect(checkBaseUrl('p', 'baseURL', url)).toBe(url)
  })
})

test('the error for a missing SDK names the package and the command that installs it', () => {
  const cause = new Error('Cannot find package')
  const error = missingSdk('anthropic', '@anthropic-ai/sdk', cause)
  expect(error).toMatchObject({ code: 'bad_options', provider: 'anthropic', cause })
  expect(error.message).toContain('npm i @anthropic-ai/sdk')
})
