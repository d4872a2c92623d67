import type * as readyMade from '../../schemas/index.ts'
import { initialSettings, type SchemaName, type PageSettings } from './settings.ts'

/** Exports of `structstream/schemas`. */
export const schemaExports: Record<Exclude<SchemaName, 'own'>, keyof typeof readyMade> = {
  movie: 'MovieRecommendation',
  tasks: 'TaskList',
  code: 'CodeSnippet',
  summary: 'Summary',
  news: 'NewsSummary',
  invoice: 'Invoice',
  recipe: 'Recipe',
}

/** A program that does what the settings say, but for the faults. */
export function codeFor(settings: PageSettings): string {
  const { schema, prompt, kind, model, speed, onInvalid, recover, repair, ownSchema } = settings
  const isSimulated = kind === 'simulated'
  const name = schema === 'own' ? 'MySchema' : schemaExports[schema]
  const sample = schema === 'own' ? '' : `response: schemas.${schema}.sample, `
  const imports = [
    `import { ${schema === 'own' ? 'jsonSchema, ' : ''}runStream } from 'structstream'`,
    ...(schema === 'own' ? [] : [`import { ${name}${isSimulated ? ', schemas' : ''} } from 'structstream/schemas'`]),
    ...(isSimulated ? [`import { simulate } from 'structstream/simulate'`] : []),
  ]
  const options = [
    `model: ${isSimulated ? `simulate({ ${sample}delayMs: ${Math.round(1_000 / speed)} })` : JSON.stringify(model)}`,
    ...(onInvalid === initialSettings.onInvalid ? [] : [`onInvalid: '${onInvalid}'`]),
    ...(recover === initialSettings.recover ? [] : [`recover: ${recover}`]),
    ...(repair === initialSettings.repair ? [] : [`repair: ${repair}`]),
  ]
  return `${imports.join('\n')}

${schema === 'own' ? `const MySchema = jsonSchema(${ownSchema.trim()})\n\n` : ''}await using stream = runStream(${JSON.stringify(prompt)}, ${name}, {
${options.map((option) => `  ${option},`).join('\n')}
})
for await (const partial of stream.streamPartial()) console.log(partial)
console.log(await stream.getData())
`
}
