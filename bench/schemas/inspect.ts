import { isDeepStrictEqual } from 'node:util'

import { Validator } from '@cfworker/json-schema'

import { StructStreamError } from '../../src/errors.ts'
import { DocumentInterpreter } from '../../src/partial/document/document-interpreter.ts'
import { compileDialect, type CompiledDialect } from '../../src/schema/dialects/compile/compile.ts'
import { decode } from '../../src/schema/dialects/decode/decode.ts'
import { encode } from '../../src/schema/dialects/decode/encode.ts'
import { finalCheck, type CheckIssue } from '../../src/schema/json-schema/final-check.ts'
import { jsonSchema } from '../../src/schema/json-schema/definition.ts'
import { jsonSchemaNode } from '../../src/schema/json-schema/nodes.ts'
import { trustOf } from '../../src/schema/libraries/json-schema.ts'
import { toJsonSchema } from '../../src/schema/libraries/to-json-schema.ts'
import type { JsonSchemaObject } from '../../src/types.ts'
import { violationsOf } from '../../test/schema/dialects/subsets.ts'
import { Choices } from '../../test/support/property.ts'
import { TARGETS, type Fault, type Outcome, type Task, type Verdict } from './messages.ts'
import { Sampler, spoil } from '../../test/support/json-sample.ts'

/** Values tried for each schema, and for each of its emitted forms. */
const VALUES = 5
/** The validator of what is sent goes through every branch of every union: of an unrolled recursion of megabytes that takes minutes. */
const MAX_JUDGED = 1_000_000
/** One schema through every target, with values of it and of what is sent. */
export async function inspect({ schema, seed }: Task): Promise<Verdict> {
  const verdict: Verdict = {
    bytes: JSON.stringify(schema).length,
    nodes: countNodes(schema),
    acceptMs: 0,
    outcomes: [],
    faults: [],
    valid: 0,
    invalid: 0,
    emitted: 0,
  }
  const choices = choicesOf(seed)
  const compiled = new Map<string, CompiledDialect>()
  const started = performance.now()
  let refused: Outcome | null = null
  try {
    await toJsonSchema(jsonSchema(schema))
  } catch (error) {
    refused = refusal('json-schema', error, 0)
  }
  verdict.acceptMs = performance.now() - started
  for (const target of TARGETS) {
    if (refused !== null) {
      verdict.outcomes.push({ ...refused, target })
      continue
    }
    const begun = performance.now()
    try {
      const result = compileDialect(schema, target)
      const ms = performance.now() - begun
      compiled.set(target, result)
      verdict.outcomes.push({
        target,
        class: result.lossless ? 'lossless' : 'warned',
        ms,
        visits: result.visits,
        bytesOut: JSON.stringify(result.jsonSchema).length,
        warnings: result.warnings.length,
      })
      if (result.strict) {
        const violations = violationsOf(result.jsonSchema, target)
        if (violations.length > 0) fault(verdict, 'subset', target, violations.slice(0, 3).join('; '))
      }
    } catch (error) {
      verdict.outcomes.push(refusal(target, error, performance.now() - begun))
    }
  }
  if (refused === null) await tryValues(schema, compiled, verdict, choices)
  return verdict
}

async function tryValues(
  schema: JsonSchemaObject,
  compiled: ReadonlyMap<string, CompiledDialect>,
  verdict: Verdict,
  choices: Choices,
): Promise<void> {
  const check = await finalCheck(schema)
  const sampler = new Sampler(schema)
  const values: unknown[] = []
  for (let count = 0; count < VALUES; count++) {
    const value = sampler.sample(choices)
    if (value !== undefined) values.push(value)
  }
  const fitting = values.filter((value) => check.whole(value).length === 0)
  verdict.valid = fitting.length
  await follow(schema, check.whole, [...values, ...values.map((value) => spoil(value, choices))], verdict)
  for (const target of TARGETS) {
    const result = compiled.get(target)
    if (result === undefined) continue
    const { jsonSchema: emitted, plan, warnings } = result
    if (target !== 'json-schema' && JSON.stringify(emitted).length > MAX_JUDGED) continue
    // Unchanged: the validator's own reading of its patterns is not at issue.
    const judge = target === 'json-schema' ? () => null : judgeOf(emitted)
    const asksForLess = warnings.some(({ message }) => ASKS_FOR_LESS.test(message))
    for (const value of fitting) {
      const encoded = encode(value, plan)
      const why = judge(encoded)
      if (why !== null && asksForLess) continue
      if (why !== null) fault(verdict, 'encoding', target, `${why}: ${show(value)} as ${show(encoded)}`)
      const back = decode(encoded, plan)
      if (!isSameButNulls(back, value))
        fault(verdict, 'round trip', target, `${show(value)} comes back as ${show(back)}`)
    }
    if (target !== 'json-schema') tryEmitted(result, check.whole, target, verdict, choices)
  }
}

/** What the emitted schema takes beyond the source must have been warned of. */
function tryEmitted(
  { jsonSchema: emitted, plan, warnings, lossless }: CompiledDialect,
  check: (value: unknown) => CheckIssue[],
  target: Outcome['target'],
  verdict: Verdict,
  choices: Choices,
): void {
  const sampler = new Sampler(emitted)
  const judge = judgeOf(emitted)
  for (let count = 0; count < VALUES; count++) {
    const sample = sampler.sample(choices)
    if (sample === undefined || judge(sample) !== null) continue
    verdict.emitted++
    const value = decode(sample, plan)
    const [issue] = check(value)
    if (issue === undefined) continue
    const isTold = warnings.some(({ path }) => path.includes(issue.code)) || warnings.length > 0
    if (lossless || !isTold)
      fault(
        verdict,
        'lost',
        target,
        `${show(sample)}, decoded ${show(value)}: ${issue.path.join('/')}: ${issue.message}`,
      )
  }
}

/** What the cursor says while it streams, next to the validator's verdict. */
async function follow(
  schema: JsonSchemaObject,
  check: (value: unknown) => CheckIssue[],
  values: readonly unknown[],
  verdict: Verdict,
): Promise<void> {
  try {
    const node = jsonSchemaNode(schema, await trustOf(jsonSchema(schema)))
    for (const value of values) {
      const text = JSON.stringify(value)
      const interpreter = new DocumentInterpreter(node, null, { repair: false, maxDepth: 200, maxIssues: 50 })
      for (const character of text) interpreter.push(character)
      interpreter.end()
      const isFit = check(value).length === 0
      if (!isFit) verdict.invalid++
      const [issue] = interpreter.issues
      if (isFit && issue !== undefined)
        fault(verdict, 'false alarm', null, `${issue.path.join('/')}: ${issue.message}: ${text}`)
      if (!isFit && issue === undefined && interpreter.unsure.length === 0) fault(verdict, 'missed', null, text)
    }
  } catch (error) {
    fault(verdict, 'cursor', null, String(error instanceof Error ? error.stack : error).slice(0, 600))
  }
}

function judgeOf(emitted: JsonSchemaObject): (value: unknown) => string | null {
  const copy = JSON.parse(JSON.stringify(emitted)) as JsonSchemaObject
  const validator = new Validator(copy, '2020-12', true)
  return (value) => {
    const { valid, errors } = validator.validate(value)
    return valid ? null : (errors.at(-1)?.error ?? 'it does not fit')
  }
}

/** The target asks for less than the schema takes, and says so. */
const ASKS_FOR_LESS = /asked for/

/** The same but for `null` at keys that were not there: where a key may be absent or null, some providers send null for both. */
function isSameButNulls(back: unknown, value: unknown): boolean {
  if (Array.isArray(back) && Array.isArray(value))
    return back.length === value.length && back.every((element, index) => isSameButNulls(element, value[index]))
  if (!isObject(back) || !isObject(value)) return isDeepStrictEqual(back, value)
  if (!Object.keys(value).every((key) => Object.hasOwn(back, key))) return false
  return Object.entries(back).every(([key, child]) =>
    Object.hasOwn(value, key) ? isSameButNulls(child, value[key]) : child === null,
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refusal(target: Outcome['target'], error: unknown, ms: number): Outcome {
  const none = { target, ms, visits: 0, bytesOut: 0, warnings: 0 }
  if (error instanceof StructStreamError && error.code === 'unsupported_schema') {
    const isExplained = error.message.length > 20 && Array.isArray(error.path)
    if (isExplained) return { ...none, class: 'refused', reason: error.message }
  }
  return { ...none, class: 'crash', reason: String(error instanceof Error ? error.stack : error).slice(0, 800) }
}

/** The first few of a kind are enough. */
function fault(verdict: Verdict, kind: Fault['kind'], target: Fault['target'], detail: string): void {
  const same = verdict.faults.filter((known) => known.kind === kind && known.target === target)
  if (same.length < 2) verdict.faults.push({ kind, target, detail: detail.slice(0, 1500) })
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, 400)
}

function countNodes(schema: unknown): number {
  let count = 0
  const open: unknown[] = [schema]
  for (let value = open.pop(); open.length > 0 || value !== undefined; value = open.pop()) {
    if (typeof value !== 'object' || value === null) continue
    count++
    for (const child of Object.values(value)) open.push(child)
  }
  return count
}

function choicesOf(seed: number): Choices {
  let state = seed >>> 0
  return new Choices(() => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 8
  })
}

process.on('message', (task: Task) => {
  void inspect(task).then(
    (verdict) => process.send!({ verdict }),
    (error: unknown) => process.send!({ error: String(error instanceof Error ? error.stack : error) }),
  )
})
