import { StructStreamError, withDetails } from '../../../errors.ts'
import { prepareSchema } from '../../../partial/compile-schema.ts'
import { DocumentInterpreter } from '../../../partial/document/document-interpreter.ts'
import { isRepairable, type CompiledSchema } from '../../../partial/interpreter.ts'
import { WholeAnswer } from '../../../partial/whole-answer.ts'
import { ANY } from '../../../schema/node.ts'
import { Answer, type Join } from '../../answer.ts'
import type { Attempt } from '../../attempt.ts'
import { documentErrorOf, validateAnswer } from '../validate-answer.ts'

/**
 * A model that is asked for parts of an answer may give the whole answer again. Where that is valid as it was written,
 * it is right, and takes the place of the parts.
 */
export async function takeWholeAnswer(attempt: Attempt, schema: unknown): Promise<void> {
  const { answer, error, refusal, finishReason } = attempt
  const isWhole = finishReason === 'stop' || finishReason === 'tool-calls' || finishReason === 'other'
  if (error !== undefined || answer.error !== undefined || refusal !== '' || !isWhole) return
  const start = answer.startOf(attempt.number)
  const text = answer.deltas.text.slice(start)
  const document = new DocumentInterpreter(ANY, null, { ...answer.options, documents: 'one' })
  document.push(text)
  document.end()
  if (document.failure !== null || !document.isDone) return
  const came = document.raw()
  if (hasOnly(came, new Set(answer.joinOf(attempt.number)?.told?.keys.map(({ name }) => name)))) return
  const { compiled } = await prepareSchema(schema, { dialect: 'json-schema', mode: 'prompt' })
  const again = new Answer(attempt.number, compiled, answer.options)
  again.deltas.push(text)
  if (documentErrorOf(again, 'The model') !== undefined) return
  const verdict = await validateAnswer(again, compiled)
  if (verdict.ok && isAsWritten(came, verdict.raw, compiled)) {
    answer.extend(attempt.number, wholeJoin({ raw: verdict.raw, compiled }, start))
  }
}

/** Nothing was read as something else, and the schema knows every key: much fits a schema that asks for little. */
function isAsWritten(came: unknown, raw: unknown, { known }: CompiledSchema): boolean {
  if (JSON.stringify(came) !== JSON.stringify(raw)) return false
  return known === undefined || known(raw) === raw
}

/** What came whole takes the place of what was read before. */
export function wholeJoin(whole: { raw: unknown; compiled: CompiledSchema }, start: number): Join {
  return { decoding: null, apply: (base) => (isRepairable(base) ? new WholeAnswer(base, whole, start) : base) }
}

/** Whether a document is what was asked for: an object with no other keys. */
function hasOnly(raw: unknown, names: ReadonlySet<string>): boolean {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return false
  const keys = Object.keys(raw)
  return keys.length > 0 && keys.every((key) => names.has(key))
}

/** Characters of what came that an error quotes. */
const QUOTED = 200

/** The error of an attempt that was asked for parts says which, and what came instead. */
export function withRequest(error: StructStreamError, { answer, number }: Attempt): StructStreamError {
  switch (error.code) {
    case 'invalid_data':
    case 'malformed_json':
    case 'no_json': {
      const asked = answer.joinOf(number)?.told?.keys.map(({ name }) => `"${name}"`) ?? []
      const came = answer.deltas.text.slice(answer.startOf(number)).trim()
      const shown = came.length > QUOTED ? `${came.slice(0, QUOTED)}…` : came
      const got = came === '' ? 'nothing' : shown
      const { code, message, cause } = error
      const said = `${message} Asked for the parts ${asked.join(', ')}, got ${got}`
      return withDetails(new StructStreamError(code, said, { cause }), error)
    }
    default:
      return error
  }
}
