import { StructStreamError } from '../../errors.ts'
import { checkFactoryOptions, dialect, flag, func, object, oneOf, text } from '../../factory-options.ts'
import { prepareSchema, type PreparedSchema } from '../../partial/compile-schema.ts'
import type { OutputOf, PartialOf, SchemaLike } from '../../schema/types.ts'
import { settleReading, type ReaderOptions } from '../../stream/options/parse-options.ts'
import { checkSchemaPlace } from '../../stream/options/run-options.ts'
import { misfit } from '../../stream/driver/validate-answer.ts'
import { TextReader } from '../../stream/partial-reader.ts'
import type { Dialect, Issue } from '../../types.ts'
import { elementTransform } from './element-transform.ts'
import { isJsonValue, jsonPartOf } from './json-values.ts'
import { noObjectError, type CallFacts } from './no-object-error.ts'
import { Texts, type Growing } from './texts.ts'

/** Options of `structuredOutput`. */
export interface StructuredOutputOptions extends ReaderOptions {
  /** Name of the schema, for providers that take one. @defaultValue the schema's title */
  name?: string | undefined
  /** What the schema is for, for providers that take it. @defaultValue the schema's description */
  description?: string | undefined
  /**
   * In which subset of JSON Schema the model is asked. Answers are decoded while they stream.
   * @defaultValue 'openai', the narrowest, which other providers take as well
   */
  dialect?: Dialect | undefined
  /** `abort` ends the AI SDK's stream at the first certain violation, and stops the model. @defaultValue 'collect' */
  onInvalid?: 'collect' | 'abort' | undefined
  /** Is called for each certain violation, as soon as it is one. */
  onIssue?: ((issue: Issue) => void) | undefined
}

/** The type of the elements of a list. */
export type ElementOf<S> = OutputOf<S> extends readonly (infer Element)[] ? Element : never

/** What the AI SDK takes as `output`. */
export interface AiSdkOutput<Output, Partial, Element> {
  readonly name: string
  readonly responseFormat: Promise<{
    type: 'json'
    schema?: { [key: string]: never }
    name?: string
    description?: string
  }>
  parseCompleteOutput(options: { text: string }, context: CallFacts): Promise<Output>
  parsePartialOutput(options: { text: string }): Promise<{ partial: Partial } | undefined>
  createElementStreamTransform(): TransformStream<unknown, Element>
}

const CHECKS = {
  name: text,
  description: text,
  dialect,
  onInvalid: oneOf(['collect', 'abort']),
  onIssue: func,
  repair: flag,
  limits: object,
}

/** Number of texts that are followed at once. One more costs time, not correctness. */
const MOST_TEXTS = 64

/**
 * An `output` for the AI SDK's own `streamText` and `generateText`: `partialOutputStream` gives validated partials, at
 * a cost that doesn't grow with what has already arrived; `output` is the schema's own value; `elementStream` gives
 * each element of a list as soon as it is complete and valid.
 *
 * 1. It has no state that a caller could see: one output may serve any number of calls at the same time.
 * 2. The AI SDK writes each partial as JSON to compare it. What JSON can't say (a `bigint`, a cycle) is left out of
 *    partials; the final value has it.
 * 3. A failed answer is the AI SDK's `NoObjectGeneratedError`; its `cause` is a `StructStreamError` with code, issues and
 *    partial. An answer that the provider cut off fails also if its text can be read.
 *
 * @param schema any Standard Schema, or `jsonSchema(...)`
 * @throws `bad_options`; `unsupported_schema` comes through the call's result
 * @example
 * const { partialOutputStream, output } = streamText({ model, prompt, output: structuredOutput(Film) })
 * for await (const film of partialOutputStream) render(film)
 */
export function structuredOutput<S extends SchemaLike>(
  schema: S,
  options: StructuredOutputOptions = {},
): AiSdkOutput<OutputOf<S>, PartialOf<S>, ElementOf<S>> {
  checkFactoryOptions('structuredOutput()', options, CHECKS)
  const { name, description, dialect: target = 'openai', repair, limits, onInvalid, onIssue } = options
  if (schema === undefined || schema === null) {
    throw new StructStreamError('bad_options', 'structuredOutput() needs a schema. For text, use Output.text() of ai.')
  }
  checkSchemaPlace(schema)
  const settings = settleReading({ repair, limits }, 'structuredOutput()')
  const prepared: Promise<PreparedSchema> = prepareSchema(schema, { dialect: target, mode: 'json-schema' })
  const open = async (): Promise<TextReader<S>> => new TextReader<S>((await prepared).compiled, settings)
  const responseFormat = prepared.then(({ jsonSchema, title, description: own }) => ({
    type: 'json' as const,
    schema: jsonSchema as { [key: string]: never },
    ...((name ?? title) !== undefined && { name: (name ?? title)! }),
    ...((description ?? own) !== undefined && { description: (description ?? own)! }),
  }))
  // Reported where it is awaited.
  responseFormat.catch(() => {})

  const readings = new Texts<Reading<S>>(MOST_TEXTS)
  const textOf = new WeakMap<object, string>()
  /** Everything after the first line is synchronous: calls at the same time don't see each other's reading half done. */
  const read = async (whole: string): Promise<Reading<S>> => {
    const { compiled } = await prepared
    const reading = readings.find(whole) ?? new Reading<S>(new TextReader<S>(compiled, settings))
    readings.keep(reading)
    reading.continueWith(whole, onIssue)
    return reading
  }

  return {
    name: 'structured',
    responseFormat,

    async parsePartialOutput({ text: whole }) {
      const reading = await read(whole)
      const { reader, partial } = reading
      if (onInvalid === 'abort' && reader.issues.length > 0)
        throw await noObjectError(reader.describe(misfit(reader.issues)), whole, undefined)
      if (partial === undefined) return undefined
      if (typeof partial === 'object' && partial !== null && !textOf.has(partial)) textOf.set(partial, whole)
      return { partial: partial as PartialOf<S> }
    },

    async parseCompleteOutput({ text: whole }, context) {
      const reading = await read(whole)
      // Its end is its own; a further answer with the same text is read again.
      readings.drop(reading)
      const cut = cutShort(context.finishReason)
      try {
        if (cut !== undefined) throw reading.reader.describe(cut)
        return (await reading.reader.end()).data
      } catch (error) {
        throw await noObjectError(error, whole, context)
      }
    },

    createElementStreamTransform: () => elementTransform<ElementOf<S>>(open, (partial) => textOf.get(partial)),
  }
}

/** One text and what has been read of it. */
class Reading<S> implements Growing {
  readonly reader: TextReader<S>
  text = ''
  #reported = 0
  /** The last snapshot, and what is shown of it. */
  #snapshot: unknown
  #shown: unknown
  #isJson = true

  constructor(reader: TextReader<S>) {
    this.reader = reader
  }

  continueWith(text: string, onIssue: StructuredOutputOptions['onIssue']): void {
    this.reader.push(text.slice(this.text.length))
    this.text = text
    if (onIssue === undefined) return
    const { issues } = this.reader
    while (this.#reported < issues.length) onIssue(issues[this.#reported++]!)
  }

  get partial(): unknown {
    const snapshot = this.reader.value
    if (snapshot !== this.#snapshot) {
      this.#isJson &&= isJsonValue(snapshot, this.#snapshot)
      this.#shown = this.#isJson ? snapshot : jsonPartOf(snapshot)
      this.#snapshot = snapshot
    }
    return this.#shown
  }
}

/** Why an answer that ended like this isn't whole. */
function cutShort(finishReason: string | undefined): StructStreamError | undefined {
  switch (finishReason) {
    case 'length':
      return new StructStreamError(
        'truncated',
        'The model reached its output limit before the answer was finished. Raise maxOutputTokens, or ask for less.',
      )
    case 'content-filter':
      return new StructStreamError('content_filtered', "The provider's content filter stopped the answer.")
    case 'error':
      return new StructStreamError('provider_error', 'The model ended its answer with an error.')
    default:
      return undefined
  }
}
