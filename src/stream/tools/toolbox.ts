import { StructStreamError } from '../../errors.ts'
import type { Model, ToolDefinition } from '../../models/model.ts'
import { prepareSchema } from '../../partial/compile-schema.ts'
import { CallReader, type PreparedTool, type ReadingOptions } from './call-reader.ts'
import { EagerCalls } from './eager-calls.ts'
import type { CallHost } from './run-calls.ts'
import type { Tool } from '../types.ts'

/** The caller's tools as one model takes them. */
export class Toolbox {
  readonly definitions: readonly ToolDefinition[]
  readonly #tools: ReadonlyMap<string, PreparedTool>
  readonly #options: ReadingOptions

  constructor(tools: readonly PreparedTool[], options: ReadingOptions) {
    this.#options = options
    this.#tools = new Map(tools.map((one) => [one.tool.name, one]))
    this.definitions = tools.map(({ tool: { name, description }, schema }) => {
      const about = description ?? schema.description
      return {
        name,
        inputSchema: schema.jsonSchema,
        strict: schema.strict,
        ...(about !== undefined && { description: about }),
      }
    })
  }

  get names(): readonly string[] {
    return [...this.#tools.keys()]
  }

  /** What starts calls while their turn is still being written; undefined where no tool is `eager`. */
  eagerCalls(host: Omit<CallHost, 'onResult' | 'names'>): EagerCalls | undefined {
    const isEager = [...this.#tools.values()].some(({ tool }) => tool.eager === true)
    return isEager ? new EagerCalls({ ...host, names: this.names }) : undefined
  }

  /** A reader for a call of the tool `name`, if there is such a tool. */
  read(name: string): CallReader | undefined {
    const tool = this.#tools.get(name)
    return tool === undefined ? undefined : new CallReader(tool, this.#options)
  }
}

/**
 * The tools in the model's dialect of JSON Schema.
 *
 * @throws `unsupported_schema`, which names the tool
 */
export async function openToolbox(
  tools: readonly Tool[],
  { dialect }: Model,
  options: ReadingOptions,
): Promise<Toolbox> {
  return new Toolbox(await Promise.all(tools.map((tool) => prepare(tool, dialect))), options)
}

async function prepare(tool: Tool, dialect: Model['dialect']): Promise<PreparedTool> {
  try {
    const schema = await prepareSchema(tool.input, { dialect, mode: 'tool' })
    const { type } = schema.jsonSchema
    if (type === undefined || type === 'object') return { tool, schema }
    throw new StructStreamError(
      'unsupported_schema',
      `The root of the input must be an object, and is ${JSON.stringify(type)}. Wrap it: { input: z.object({ value: … }) }.`,
      { path: [] },
    )
  } catch (cause) {
    if (!(cause instanceof StructStreamError)) throw cause
    throw new StructStreamError(cause.code, `Tool "${tool.name}": ${cause.message}`, { path: cause.path, cause })
  }
}
