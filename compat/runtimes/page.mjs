// What a page or a service worker does: reads a stream that a server sends, and runs the core on the spot.
import { runStream } from 'structstream'
import { connect } from 'structstream/client'
import { simulate } from 'structstream/simulate'

const jsonSchema = { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] }
const Movie = {
  '~standard': {
    version: 1,
    vendor: 'compat',
    validate: (value) => ({ value }),
    jsonSchema: { input: () => jsonSchema, output: () => jsonSchema },
  },
}

globalThis.check = async () => {
  const client = await connect(new URL('/movie', globalThis.location.href), Movie).getData()
  const core = await runStream('x', Movie, { model: simulate({ response: { title: 'Alien' } }) }).getData()
  return { client, core }
}
