import { deepStrictEqual } from 'node:assert'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

import { everySplit, oneByOne } from '../support/chunkings.ts'
import { oracle } from './oracle.ts'
import { read, type Outcome } from './read.ts'

const root = process.env.JSON_TEST_SUITE
const folder = root === undefined ? undefined : join(root, 'test_parsing')
const names =
  folder === undefined
    ? []
    : readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .sort()

/** `maxDepth` above the suite's deepest valid document (500 levels); the two of 100,000 levels never close. */
const OPTIONS = { maxDepth: 1000 }
/** Longer texts are cut at fifty places instead of at each. */
const EVERY_SPLIT_UP_TO = 400

/**
 * What RFC 8259 leaves to the implementation. Bytes that are not UTF-8 are the decoder's business: `TextDecoder`
 * turns them into U+FFFD, which inside a string is a character like any other.
 */
const DECIDED: Record<string, 'accepted' | 'rejected'> = {
  'i_number_double_huge_neg_exp.json': 'accepted',
  'i_number_huge_exp.json': 'accepted',
  'i_number_neg_int_huge_exp.json': 'accepted',
  'i_number_pos_double_huge_exp.json': 'accepted',
  'i_number_real_neg_overflow.json': 'accepted',
  'i_number_real_pos_overflow.json': 'accepted',
  'i_number_real_underflow.json': 'accepted',
  'i_number_too_big_neg_int.json': 'accepted',
  'i_number_too_big_pos_int.json': 'accepted',
  'i_number_very_big_negative_int.json': 'accepted',
  'i_object_key_lone_2nd_surrogate.json': 'accepted',
  'i_string_1st_surrogate_but_2nd_missing.json': 'accepted',
  'i_string_1st_valid_surrogate_2nd_invalid.json': 'accepted',
  'i_string_incomplete_surrogate_and_escape_valid.json': 'accepted',
  'i_string_incomplete_surrogate_pair.json': 'accepted',
  'i_string_incomplete_surrogates_escape_valid.json': 'accepted',
  'i_string_invalid_lonely_surrogate.json': 'accepted',
  'i_string_invalid_surrogate.json': 'accepted',
  'i_string_inverted_surrogates_U+1D11E.json': 'accepted',
  'i_string_lone_second_surrogate.json': 'accepted',
  'i_string_UTF-8_invalid_sequence.json': 'accepted',
  'i_string_UTF8_surrogate_U+D800.json': 'accepted',
  'i_string_invalid_utf-8.json': 'accepted',
  'i_string_iso_latin_1.json': 'accepted',
  'i_string_lone_utf8_continuation_byte.json': 'accepted',
  'i_string_not_in_unicode_range.json': 'accepted',
  'i_string_overlong_sequence_2_bytes.json': 'accepted',
  'i_string_overlong_sequence_6_bytes.json': 'accepted',
  'i_string_overlong_sequence_6_bytes_null.json': 'accepted',
  'i_string_truncated-utf-8.json': 'accepted',
  'i_string_UTF-16LE_with_BOM.json': 'rejected',
  'i_string_utf16BE_no_BOM.json': 'rejected',
  'i_string_utf16LE_no_BOM.json': 'rejected',
  'i_structure_500_nested_arrays.json': 'accepted',
  'i_structure_UTF-8_BOM_empty_object.json': 'rejected',
}

function textOf(name: string): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(readFileSync(join(folder!, name)))
}

function* readings(text: string): Generator<Outcome> {
  yield read([text], OPTIONS)
  yield read(oneByOne(text), OPTIONS)
  if (text.length <= EVERY_SPLIT_UP_TO) for (const pieces of everySplit(text)) yield read(pieces, OPTIONS)
  else {
    const step = Math.ceil(text.length / 50)
    for (let at = 0; at < text.length; at += step) yield read([text.slice(0, at), text.slice(at)], OPTIONS)
  }
}

function expectAccepted(text: string): void {
  const wanted = oracle(text)
  if (!wanted.ok) throw new Error(`the oracle rejects this at ${wanted.position}`)
  for (const outcome of readings(text)) deepStrictEqual(outcome, { value: wanted.value })
}

function expectRejected(text: string): void {
  const position = placeOfError(text)
  for (const outcome of readings(text)) {
    if (!('error' in outcome)) throw new Error('accepted')
    deepStrictEqual(outcome.error.position, position)
  }
}

/** The oracle is recursive: a text too deep for it fails where the parser's own limit is passed. */
function placeOfError(text: string): number | undefined {
  if (text.length > 50_000) {
    const outcome = read([text], OPTIONS)
    return 'error' in outcome && outcome.error.code === 'limit_exceeded' ? outcome.error.position : -1
  }
  const verdict = oracle(text)
  return verdict.ok ? -1 : verdict.position
}

describe.skipIf(folder === undefined)('JSONTestSuite (set JSON_TEST_SUITE to a checkout of it)', () => {
  test('is all there', () => {
    expect(names.filter((name) => name.startsWith('y_')).length).toBeGreaterThanOrEqual(95)
    expect(names.filter((name) => name.startsWith('n_')).length).toBeGreaterThanOrEqual(187)
    expect(names.filter((name) => name.startsWith('i_')).sort()).toEqual(Object.keys(DECIDED).sort())
  })

  test.each(names.filter((name) => name.startsWith('y_')))(
    '%s has the value of the oracle, however it is cut',
    (name) => {
      expectAccepted(textOf(name))
    },
  )

  test.each(names.filter((name) => name.startsWith('n_')))('%s is rejected at one place, however it is cut', (name) => {
    expectRejected(textOf(name))
  })

  test.each(Object.entries(DECIDED))('%s is %s', (name, verdict) => {
    if (verdict === 'accepted') expectAccepted(textOf(name))
    else expectRejected(textOf(name))
  })
})
