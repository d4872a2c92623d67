import { describe, expect, test } from 'vitest'
import { deepStrictEqual } from 'node:assert'
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'

import { DocumentInterpreter } from '../../src/partial/document/document-interpreter.ts'
import { commonValue } from '../../src/partial/cursor/common-value.ts'
import { ABSENT as NO_MEET } from '../../src/schema/node.ts'
import { zodNode } from '../../src/schema/zod/nodes.ts'
import '../support/load-zod.ts'
import { isComplete } from '../../src/stream/snapshot.ts'
import type { Path } from '../../src/types.ts'
import { oracle } from '../json/oracle.ts'
import { oneByOne, randomChunks } from '../support/chunkings.ts'
import { brokenLaws, patience, property, runSize, type Choices } from '../support/property.ts'
import { hasZod4 } from '../support/zod-version.ts'
import { continuation, poolOf } from './continuations.ts'
import { anyValue, docOf, hasDuplicateKey, mutated, print, shuffled, type Doc } from './documents.ts'
import {
  copied,
  everyPlace,
  isBelow,
  isSubsequence,
  makesOf,
  placesOf,
  valueAt,
  verdictOf,
  type Place,
  type Verdict,
} from './reference.ts'
import { anySchema, type Sample } from './schemas.ts'

z.config({ jitless: true }) // thousands of schemas that are used once: compiling each would be the whole cost

const SIZE = runSize('LAWS', 400)
const OPTIONS = { repair: false, maxDepth: 64, maxIssues: 10_000 }

interface Case {
  sample: Sample
  /** A document that is meant to fit, before it was changed. */
  original: Doc
  doc: Doc
  text: string
  raw: unknown
  /** Zod's verdict on the whole. */
  verdict: Verdict
  isDuplicate: boolean
  /** What was shown after each character, and once it was over. */
  slow: Run
}

function someCase(choices: Choices): Case {
  const sample = anySchema(choices, 3)
  let original = docOf(sample.fit(choices))
  if (choices.chance(30)) original = shuffled(choices, original)
  let doc = original
  for (let left = choices.below(3); left > 0; left--) doc = mutated(choices, doc)
  return caseOf(choices, sample, original, doc) ?? someCase(choices)
}

function caseOf(choices: Choices, sample: Sample, original: Doc, doc: Doc): Case | null {
  const text = print(choices, doc)
  const raw: unknown = JSON.parse(text)
  // Before 4.4 Zod makes it the prototype of its result, which we refuse to do.
  if (!hasZod4(4) && JSON.stringify(raw).includes('"__proto__"')) return null
  const verdict = verdictOf(sample.schema, raw)
  if (!verdict.success && verdict.isThrown) return null
  const slow = lazily(() => run(sample, oneByOne(text)))
  return {
    sample,
    original,
    doc,
    text,
    raw,
    verdict,
    isDuplicate: hasDuplicateKey(doc),
    get slow() {
      return slow()
    },
  }
}

function lazily<T extends object>(make: () => T): () => T {
  let made: T | null = null
  return () => (made ??= make())
}

interface Run {
  interpreter: DocumentInterpreter
  /** What was shown after each chunk, and the number of issues by then. */
  shown: { value: unknown; issues: number; ambiguousAt: Path | null }[]
}

function run(sample: Sample, chunks: readonly string[], { repair = false, exact = true } = {}): Run {
  const interpreter = new DocumentInterpreter(zodNode(sample.schema), null, { ...OPTIONS, repair })
  const look = () => {
    const value = interpreter.snapshot(exact)
    const open = interpreter.openPlace()
    return { value, issues: interpreter.issues.length, ambiguousAt: open?.isAmbiguous === true ? open.path : null }
  }
  const shown = chunks.map((chunk) => {
    interpreter.push(chunk)
    return look()
  })
  interpreter.end()
  shown.push(look())
  return { interpreter, shown }
}

/** Adds what is needed to see a failure to its message. */
function inCase({ sample, text }: Case, check: () => unknown): unknown {
  const withCase = (error: unknown): never => {
    const message = error instanceof Error ? error.message : String(error)
    throw new Error(`schema: ${sample.source}\ntext: ${text}\n${message}`, { cause: error })
  }
  try {
    const pending = check()
    return pending instanceof Promise ? pending.catch(withCase) : pending
  } catch (error) {
    return withCase(error)
  }
}

const issuePaths = (interpreter: DocumentInterpreter) =>
  new Set(interpreter.issues.map(({ path }) => JSON.stringify(path)))

/** Every law of one case, by the name of its test. */
const LAWS: Readonly<Record<string, (it: Case, choices: Choices) => unknown>> = {
  'law 2, monotone: each partial ⊑ the next ⊑ the final value': (it, choices) => {
    if (it.sample.isExempt || it.isDuplicate) return // under `any` the last of duplicate keys wins
    const isSlow = choices.chance(25)
    const { shown, interpreter } = isSlow
      ? it.slow
      : run(it.sample, choices.chance(33) ? oneByOne(it.text) : randomChunks(choices, it.text), {
          exact: choices.chance(33),
        })
    for (const [index, { value, issues }] of shown.entries()) {
      const before = shown[index - 1]
      if (before === undefined || before.issues !== issues || isBelow(before.value, value)) continue
      expect.fail(`${JSON.stringify(before.value)} is not ⊑ ${JSON.stringify(value)}`)
    }
    if (it.verdict.success && interpreter.unsure.length === 0) {
      for (const { value } of shown)
        if (!isBelow(value, it.verdict.data)) expect.fail(`${JSON.stringify(value)} is not ⊑ the final value`)
    }
  },

  'law 3, chunk-invariant: the same final value and issues, and a subsequence of the partials one character at a time':
    (it, choices) => {
      const { slow } = it
      const seen = slow.shown.map(({ value }) => value)
      for (const chunks of [[it.text], randomChunks(choices, it.text), randomChunks(choices, it.text, 3)]) {
        const other = run(it.sample, chunks, { exact: choices.chance(50) })
        const values = other.shown.map(({ value }) => value)
        deepStrictEqual(values.at(-1), seen.at(-1))
        if (!isSubsequence(values, [undefined, ...seen]))
          expect.fail(`${JSON.stringify(values)} of ${JSON.stringify(chunks)} isn't part of ${JSON.stringify(seen)}`)
        deepStrictEqual(issuePaths(other.interpreter), issuePaths(slow.interpreter))
        deepStrictEqual(other.interpreter.unsure, slow.interpreter.unsure)
      }
    },

  'law 4, sound early report: after an issue every continuation fails the schema, and a document that fits has none': (
    it,
    choices,
  ) => {
    const { shown, interpreter } = it.slow
    const first = shown.findIndex(({ issues }) => issues > 0)
    if (first < 0) return
    const issue = interpreter.issues[0]!
    if (it.isDuplicate) return
    if (it.verdict.success) expect.fail(`the document fits, but: ${JSON.stringify(issue)}`)
    if (first === it.text.length) return // a number at the root, complete at the end
    const prefix = it.text.slice(0, first + 1)
    const pool = poolOf([it.sample.fit(choices), it.sample.fit(choices)])
    for (let attempt = 0; attempt < 4; attempt++) {
      const text = continuation(choices, prefix, pool)
      const parsed = oracle(text)
      if (!parsed.ok) throw new Error(`not JSON: ${text}`)
      if (!parsed.hasDuplicateKey && verdictOf(it.sample.schema, parsed.value).success)
        expect.fail(`after ${prefix} ${JSON.stringify(issue)}\nbut this fits: ${text}`)
    }
  },

  'law 5, complete means valid: what is announced is what its sub-schema makes of it, each place once, children first':
    (it, choices) => {
      if (it.isDuplicate) return
      const interpreter = new DocumentInterpreter(zodNode(it.sample.schema), null, OPTIONS)
      const announced = new Map<string, unknown>()
      interpreter.hub.completion = (path, value) => {
        const place = JSON.stringify(path)
        if (announced.has(place)) expect.fail(`${place} is announced twice`)
        for (let depth = 0; depth < path.length; depth++)
          if (announced.has(JSON.stringify(path.slice(0, depth)))) expect.fail(`${place} comes after its parent`)
        announced.set(place, value)
        if (!makesOf(it.sample.schema, it.raw, path, value))
          expect.fail(`${place} is announced as ${JSON.stringify(value)}`)
      }
      for (const chunk of randomChunks(choices, it.text)) {
        interpreter.push(chunk)
        if (choices.chance(50)) interpreter.snapshot(true)
      }
      interpreter.end()
      const isCertain = interpreter.issues.length === 0 && interpreter.unsure.length === 0
      if (isCertain && !it.verdict.success) expect.fail(`no issue, but: ${it.verdict.reason}`)
      if (it.verdict.success && isCertain && !announced.has('[]')) expect.fail('the root is not announced')
    },

  'law 5, for isComplete: what it says yes to never changes, and is what its sub-schema makes of it': (it, choices) => {
    if (it.isDuplicate) return
    const interpreter = new DocumentInterpreter(zodNode(it.sample.schema), null, OPTIONS)
    const complete = new Map<string, unknown>()
    const look = () => {
      const value = interpreter.snapshot(true)
      const circumstances = { open: interpreter.openPlace(), unsure: interpreter.unsure, issues: interpreter.issues }
      for (const [path, at] of everyPlace(value)) {
        const place = JSON.stringify(path)
        const isKnown = complete.has(place)
        if (!isComplete(path, value, circumstances)) {
          if (isKnown && interpreter.issues.length === 0 && !it.sample.isExempt)
            expect.fail(`${place} was complete, and is incomplete now`)
          continue
        }
        if (isKnown && !isDeepStrictEqual(complete.get(place), at))
          expect.fail(`${place} was complete, and has changed`)
        if (!isKnown && !makesOf(it.sample.schema, it.raw, path, at, true))
          expect.fail(`${place} is complete as ${JSON.stringify(at)}`)
        complete.set(place, at)
      }
    }
    for (const chunk of randomChunks(choices, it.text, 3)) {
      interpreter.push(chunk)
      look()
    }
    interpreter.end()
    look()
  },

  'law 6, final agrees: the raw value is JSON.parse’s, and the last partial is what the schema makes of it': async (
    it,
    choices,
  ) => {
    const { interpreter, shown } = run(it.sample, randomChunks(choices, it.text), { exact: choices.chance(50) })
    if (interpreter.failure !== null) throw interpreter.failure
    deepStrictEqual(interpreter.raw(), it.raw)
    if (!it.verdict.success) return
    const final = await it.sample.schema.safeParseAsync(interpreter.raw())
    if (!final.success) throw final.error
    if (it.isDuplicate || interpreter.unsure.length > 0) return
    deepStrictEqual(shown.at(-1)!.value, final.data)
  },

  'law 7, linear: unchanged subtrees keep their identity, and an older snapshot never changes': (it, choices) => {
    if (it.isDuplicate) return
    const interpreter = new DocumentInterpreter(zodNode(it.sample.schema), null, OPTIONS)
    const isExact = choices.chance(70)
    const taken: { value: unknown; copy: unknown }[] = []
    let places: Place[] = []
    const look = () => {
      const value = interpreter.snapshot(isExact)
      if (value === taken.at(-1)?.value) return
      for (const { path, object } of places) {
        const now = valueAt(value, path)
        if (now !== object && isDeepStrictEqual(now, object))
          expect.fail(`${JSON.stringify(path)} of ${JSON.stringify(value)} is a new copy`)
      }
      places = [...placesOf(value)]
      taken.push({ value, copy: copied(value) })
    }
    for (const chunk of choices.chance(60) ? oneByOne(it.text) : randomChunks(choices, it.text)) {
      interpreter.push(chunk)
      look()
    }
    interpreter.end()
    look()
    for (const { value, copy } of taken) deepStrictEqual(value, copy)
  },

  'a valid document is read the same with `repair` on': (changed, choices) => {
    const it = caseOf(choices, changed.sample, changed.original, changed.original)
    if (it === null || !it.verdict.success || it.isDuplicate) return
    const chunks = randomChunks(choices, it.text)
    const strict = run(it.sample, chunks)
    const tolerant = run(it.sample, chunks, { repair: true })
    deepStrictEqual(tolerant.interpreter.repairs, [])
    // A root that isn't a container may be held back until it is certain that it is the document, and a reading of
    // a union lives longer where a tolerated form could save it: then less is shown, but nothing else.
    const [values, wanted] = [tolerant, strict].map(({ shown }) => shown.map(({ value }) => value)) as [
      unknown[],
      unknown[],
    ]
    if (/^\s*[{[]/.test(it.text) && !/union|catch/i.test(it.sample.source)) deepStrictEqual(values, wanted)
    else {
      deepStrictEqual(values.at(-1), wanted.at(-1))
      const isLess =
        it.sample.isExempt ||
        values.every((value, index) => isBelow(value, wanted[index]) || isBelow(value, wanted.at(-1)))
      if (!isLess) expect.fail(`${JSON.stringify(values)} where strict shows ${JSON.stringify(wanted)}`)
    }
    deepStrictEqual(tolerant.interpreter.issues, strict.interpreter.issues)
    deepStrictEqual(tolerant.interpreter.raw(), it.raw)
  },
}

describe('the laws of partials', () => {
  test(
    'law 1, order: absent ⊑ anything, strings by prefix, containers element by element, the rest by equality',
    () =>
      property(SIZE, (choices) => {
        const [a, b, c] = [anyValue(choices), anyValue(choices), anyValue(choices)]
        if (!isBelow(a, a)) expect.fail('not reflexive')
        if (isBelow(a, b) && isBelow(b, a)) deepStrictEqual(a, b)
        if (isBelow(a, b) && isBelow(b, c) && !isBelow(a, c)) expect.fail('not transitive')
        // What a union shows is the greatest value below what its branches show.
        const both = commonValue(a, b, new WeakMap())
        if (both === NO_MEET) {
          if (typeof a === 'string' && typeof b === 'string') expect.fail('two strings share a beginning')
        } else if (!isBelow(both, a) || !isBelow(both, b)) expect.fail('what is shared is not below both')
        if (isBelow(c, a) && isBelow(c, b) && !isBelow(c, both === NO_MEET ? undefined : both))
          expect.fail('something greater is below both')
        if (isBelow(a, b)) deepStrictEqual(both, a)
      }),
    patience(120_000),
  )

  const broken = lazily(() =>
    brokenLaws(
      SIZE,
      someCase,
      Object.fromEntries(
        Object.entries(LAWS).map(([name, law]) => [
          name,
          (it: Case, choices: Choices) => inCase(it, () => law(it, choices)),
        ]),
      ),
    ),
  )
  for (const name of Object.keys(LAWS)) {
    test(
      name,
      async () => {
        const failure = (await broken()).get(name)
        if (failure !== undefined) throw failure
      },
      patience(120_000),
    )
  }
})
