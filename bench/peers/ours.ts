import { IncrementalJsonParser } from '../../src/json/index.ts'
import { prepareSchema } from '../../src/partial/compile-schema.ts'
import type { Interpreter } from '../../src/partial/interpreter.ts'
import type { Input, Subject } from './subject.ts'

const LIMITS = { maxDepth: 128, maxIssues: 100 }

/** The parser alone, with a look at the value after every delta or without. */
function parser(id: string, title: string, look: (parser: IncrementalJsonParser) => unknown): Subject {
  return {
    id,
    title,
    kind: id === 'push' ? 'none' : 'immutable',
    open:
      ({ deltas }) =>
      () => {
        const parser = new IncrementalJsonParser()
        for (const delta of deltas) {
          parser.push(delta)
          look(parser)
        }
        return parser.end()
      },
  }
}

/** Document finder, parser and schema cursor: what `runStream` puts each delta through. */
function cursor(
  id: string,
  title: string,
  look: (interpreter: Interpreter) => unknown,
  { repair }: { repair: boolean },
): Subject {
  return {
    id,
    title,
    kind: id.endsWith('push') ? 'none' : 'immutable',
    async open({ schema, deltas, text }: Input) {
      const { compiled } = await prepareSchema(schema, { dialect: 'json-schema', mode: 'json-schema' })
      return () => {
        // A run's log keeps the text, and so the interpreter does not.
        const interpreter = compiled.interpreter({ ...LIMITS, repair }, { text: () => text })
        for (const delta of deltas) {
          interpreter.push(delta)
          look(interpreter)
        }
        interpreter.end()
        return interpreter.snapshot(true)
      }
    },
  }
}

const nothing = (): void => {}

/** Our own ways, from the cheapest to the one with everything. */
export const OURS: readonly Subject[] = [
  parser('push', 'structstream/json, push only', nothing),
  parser('snapshot', 'structstream/json, a snapshot per delta', (parser) => parser.snapshot()),
  parser('exact', 'structstream/json, an exact snapshot per delta', (parser) => parser.snapshot({ exact: true })),
  cursor('strict-push', 'with the schema cursor, push only', nothing, { repair: false }),
  cursor('strict', 'with the schema cursor, a snapshot per delta', (one) => one.snapshot(), { repair: false }),
  cursor('cursor-push', 'with the schema cursor and repair, push only', nothing, { repair: true }),
  cursor('cursor', 'with the schema cursor and repair, a snapshot per delta', (one) => one.snapshot(), {
    repair: true,
  }),
]

/** Whole texts at once: the platform's own parser, which is the floor, and ours. */
export const WHOLE: readonly Subject[] = [
  {
    id: 'json-parse',
    title: '`JSON.parse`, the whole text',
    kind: 'none',
    open:
      ({ text }) =>
      () =>
        JSON.parse(text) as unknown,
  },
  {
    id: 'whole',
    title: 'structstream/json, the whole text',
    kind: 'none',
    open:
      ({ text }) =>
      () =>
        new IncrementalJsonParser().push(text).end(),
  },
]
