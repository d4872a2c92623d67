// The validated value, or one typed error that keeps everything that had arrived.
import { run, StructStreamError } from 'structstream'
import { NewsSummary, schemas } from 'structstream/schemas'
import { simulate } from 'structstream/simulate'

const answers: [name: string, response: unknown][] = [
  ['a good answer', schemas.news.sample],
  ['a wrong one', { ...schemas.news.sample, sentiment: 'mixed', confidence: 3 }],
  ['no answer', 'I would rather talk about trains.'],
]

for (const [name, response] of answers) {
  try {
    const { data, finishReason } = await run(schemas.news.prompt, NewsSummary, { model: simulate({ response }) })
    console.log(`${name}: ${data.title} (${data.sentiment}, ${finishReason})`)
  } catch (error) {
    if (!(error instanceof StructStreamError)) throw error
    console.log(`${name}: ${error.code}`)
    for (const issue of error.issues ?? []) console.log(`  ${issue.path.join('.')}: ${issue.message}`)
  }
}
