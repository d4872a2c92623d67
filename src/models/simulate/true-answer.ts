import { parsePartial } from '../../json/index.ts'
import { keyOfToken } from '../../pointer.ts'
import type { JsonSchemaObject, Message } from '../../types.ts'
import type { ModelRequest } from '../model.ts'
import { inShapeOf } from './provider-shape.ts'

/** The facts of a request that decide what a model that knows the true value answers. */
export interface AskedFor {
  /** The last message of the user. */
  prompt: string
  /** The last message of the assistant; empty when there is none. */
  said: string
  /** In the provider's dialect. Absent: the answer has the true value's own shape. */
  schema?: JsonSchemaObject
  /** Plain text is wanted, so that a string is written without quotes. */
  isText: boolean
}

/** Reads those facts from a request in the dialect `json-schema`, in which values keep their shape. */
export function askedFor({ messages, format }: ModelRequest): AskedFor {
  const last = (role: Message['role']): string => textOf(messages.findLast((message) => message.role === role))
  return { prompt: last('user'), said: last('assistant'), isText: format === undefined }
}

/** The answer to a request as text: the whole true value, or the parts that a request for a patch or the rest names. */
export function trueAnswer(truth: unknown, asked: AskedFor): string {
  const part = truePart(truth, asked)
  return asked.isText && typeof part === 'string' ? part : JSON.stringify(part)
}

/** The answer as a value. Parts that the true value lacks are left out. */
export function truePart(truth: unknown, { prompt, said, schema, isText }: AskedFor): unknown {
  if (isText) {
    const text = typeof truth === 'string' ? truth : JSON.stringify(truth)
    const joint = CONTINUE.exec(prompt)
    return joint === null ? text : `${unquoted(joint[1])}${text.slice(said.length)}`
  }
  const isForParts = PATCH.test(prompt) || REST.test(prompt)
  const value = isForParts ? partsOf(truth, prompt, said) : truth
  return schema === undefined ? value : inShapeOf(schema, value)
}

// What prompts.ts and missing-parts.ts of the driver write. They are above this layer, so the table of
// test/testing/truth.test.ts holds both together.
const PATCH = /^Keep your answer, except for these places/
const REST = /^Your answer was cut off\. Keep everything above\./
const CONTINUE =
  /^Your answer was cut off\. (?:Continue|Repeat its last words, ("(?:[^"\\]|\\.)*"), then continue) exactly where/
const PART = new RegExp(
  [
    /^- "(?<name>[\w-]+)": The (?<kind>value|elements|keys|remainder)\b.*? at (?<place>the root|\/[^]*?)/,
    /(?: from index (?<from>\d+) on)?/,
    /(?:\. What is wrong: |\.$| does not have yet\.$|\. Start by repeating its last words, (?<joint>"(?:[^"\\]|\\.)*"), then)/,
  ]
    .map(({ source }) => source)
    .join(''),
  'gm',
)

function partsOf(truth: unknown, prompt: string, said: string): Record<string, unknown> {
  const parts = [...prompt.matchAll(PART)].map(({ groups = {} }): [string, unknown] => {
    const { name = '', kind, place = '', from, joint } = groups
    const pointer = place === 'the root' ? '' : place
    const value = valueAt(truth, pointer)
    switch (kind) {
      case 'elements':
        return [name, Array.isArray(value) ? value.slice(Number(from)) : undefined]
      case 'keys':
        return [name, withoutKeys(value, valueAt(completed(said), pointer))]
      case 'remainder':
        return [name, `${unquoted(joint)}${typeof value === 'string' ? value.slice(openString(said).length) : ''}`]
      default:
        return [name, value]
    }
  })
  return Object.fromEntries(parts.filter(([, value]) => value !== undefined))
}

function valueAt(root: unknown, pointer: string): unknown {
  let here = root
  for (const token of pointer.split('/').slice(1)) {
    const key = keyOfToken(token)
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined
    here = (here as Record<string, unknown>)[key]
  }
  return here
}

/** What was said of a document; a key without its value counts as there, since its value is asked for separately. */
function completed(said: string): unknown {
  return parsePartial(/:\s*$/.test(said) && openString(said) === '' ? `${said}null` : said)
}

function withoutKeys(value: unknown, there: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  const known: object = typeof there === 'object' && there !== null ? there : {}
  return Object.fromEntries(Object.entries(value).filter(([key]) => !Object.hasOwn(known, key)))
}

/** The string that is open at the end of JSON text. */
function openString(text: string): string {
  let start = -1
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '\\') index++
    else if (text[index] === '"') start = start < 0 ? index : -1
  }
  return start < 0 ? '' : (JSON.parse(`${text.slice(start)}"`) as string)
}

function unquoted(text: string | undefined): string {
  return text === undefined ? '' : (JSON.parse(text) as string)
}

function textOf(message: Message | undefined): string {
  const content: unknown = message?.content
  if (!Array.isArray(content)) return typeof content === 'string' ? content : ''
  return content.map((part: { text?: unknown }) => (typeof part.text === 'string' ? part.text : '')).join('')
}
