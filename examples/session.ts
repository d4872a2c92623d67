// A conversation that remembers: several turns, saved as JSON, gone on with later and by another model.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSession, type SavedSession } from 'structstream'
import { MovieRecommendation, schemas } from 'structstream/schemas'
import { simulate } from 'structstream/simulate'

const model =
  process.env['STRUCTSTREAM_MODEL'] ??
  simulate({ responses: [schemas.movie.sample, 'Because you like rain, neon and hard questions.'] })

const session = createSession({ model, system: 'You recommend films.' })
const { data } = await session.run('Something from the 1980s?', MovieRecommendation)
console.log(`1: ${data.title}`)

let answer = ''
for await (const chunk of session.runStream('Why that one?')) {
  answer += chunk.delta
  if (chunk.isFinal) console.log(`2: ${answer} (${chunk.sessionId === session.id ? 'this session' : 'another'})`)
}

const folder = await mkdtemp(join(tmpdir(), 'structstream-'))
try {
  const file = join(folder, 'session.json')
  await writeFile(file, JSON.stringify(session))

  const saved = JSON.parse(await readFile(file, 'utf8')) as SavedSession
  const other = simulate({ response: (request: { messages: readonly object[] }) => `${request.messages.length} told` })
  const again = createSession({ ...saved, model: process.env['STRUCTSTREAM_MODEL'] ?? other })
  // Turns of one session wait for each other.
  const [third, fourth] = await Promise.all([again.run('And another?'), again.run('The last one?')])
  console.log(`3: ${third.data}`)
  console.log(`4: ${fourth.data}`)
  console.log(`${again.messages.length} messages`)
} finally {
  await rm(folder, { recursive: true })
}
