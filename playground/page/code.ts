import type * as readyMade from '../../schemas/index.ts'
import { GIVEN, type GivenSchema } from '../protocol.ts'
import { initialSettings, judgedPolicy, type SchemaName, type PageSettings } from './settings.ts'

/** Exports of `structstream/schemas`. */
export const schemaExports: Record<Exclude<SchemaName, 'own' | typeof GIVEN>, keyof typeof readyMade> = {
  movie: 'MovieRecommendation',
  tasks: 'TaskList',
  code: 'CodeSnippet',
  summary: 'Summary',
  news: 'NewsSummary',
  invoice: 'Invoice',
  recipe: 'Recipe',
}

/** A program that does what the settings say, but for the faults. */
export function codeFor(settings: PageSettings, given?: GivenSchema, recording = 'recording.ndjson'): string {
  const { kind, speed, recover, repair } = settings
  const isThere = kind === 'pasted' || kind === 'recorded'
  const isSimulated = kind === 'simulated'
  const prompt = isThere ? '…' : settings.prompt
  const onInvalid = isThere ? judgedPolicy(settings) : settings.onInvalid
  const schema = schemaCode(settings, given, isSimulated)
  const imports = [
    `import { ${[...schema.functions, 'runStream'].join(', ')} } from 'structstream'`,
    ...schema.imports,
    ...(isSimulated || kind === 'pasted' ? [`import { simulate } from 'structstream/simulate'`] : []),
    ...(kind === 'recorded' ? [`import { replay } from 'structstream/record'`] : []),
  ]
  const delayMs = Math.round(1_000 / speed)
  const models: Record<PageSettings['kind'], string> = {
    simulated: `simulate({ ${schema.response}delayMs: ${delayMs} })`,
    real: JSON.stringify(settings.model),
    pasted: `simulate({ response: ${JSON.stringify(settings.pasted)}, chunkSize: ${settings.chunk}, delayMs: ${delayMs} })`,
    recorded: `replay(${JSON.stringify(recording)})`,
  }
  const options = [
    `model: ${models[kind]}`,
    ...(onInvalid === initialSettings.onInvalid ? [] : [`onInvalid: '${onInvalid}'`]),
    ...(isThere || recover === initialSettings.recover ? [] : [`recover: ${recover}`]),
    ...(repair === initialSettings.repair ? [] : [`repair: ${repair}`]),
  ]
  return `${imports.join('\n')}

${schema.definition}await using stream = runStream(${JSON.stringify(prompt)}, ${schema.name}, {
${options.map((option) => `  ${option},`).join('\n')}
})
for await (const partial of stream.streamPartial()) console.log(partial)
console.log(await stream.getData())
`
}

/** How a program comes by the schema. */
interface SchemaCode {
  name: string
  /** Functions of the main entry that it needs. */
  functions: string[]
  imports: string[]
  definition: string
  /** An option of `simulate()`. */
  response: string
}

function schemaCode(
  { schema, ownSchema }: PageSettings,
  given: GivenSchema | undefined,
  isSimulated: boolean,
): SchemaCode {
  const own = { name: 'MySchema', functions: [], imports: [], definition: '', response: '' }
  if (schema === 'own') {
    const definition = `const MySchema = jsonSchema(${ownSchema.trim()})\n\n`
    return { ...own, functions: ['jsonSchema'], definition }
  }
  if (schema === GIVEN) return { ...own, ...codeOfFile(given?.name ?? '') }
  const name = schemaExports[schema]
  const imports = [`import { ${name}${isSimulated ? ', schemas' : ''} } from 'structstream/schemas'`]
  return { ...own, name, imports, response: `response: schemas.${schema}.sample, ` }
}

/** Of `file#export`. */
function codeOfFile(reference: string): Pick<SchemaCode, 'imports'> & Partial<SchemaCode> {
  const [file = '', name = 'default'] = reference.split(/#(?=[^#]*$)/)
  const path = JSON.stringify(/^\.{0,2}[\\/]/.test(file) ? file : `./${file}`)
  if (file.endsWith('.json')) {
    const definition = 'const MySchema = jsonSchema(definition)\n\n'
    return { functions: ['jsonSchema'], imports: [`import definition from ${path} with { type: 'json' }`], definition }
  }
  if (name === 'default') return { imports: [`import MySchema from ${path}`] }
  // A name of a module may be any string.
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)
    ? { name, imports: [`import { ${name} } from ${path}`] }
    : { imports: [`import { ${JSON.stringify(name)} as MySchema } from ${path}`] }
}
