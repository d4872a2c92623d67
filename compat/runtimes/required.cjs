// `require()` of every entry that needs no peer, in Node versions that can load ES modules with it.
const { runStream } = require('structstream')
const { simulate } = require('structstream/simulate')
const { z } = require('zod')

for (const entry of ['openai', 'client', 'server', 'store', 'json', 'schema', 'testing'])
  require(`structstream/${entry}`)

const model = simulate({ response: { title: 'Alien' } })
runStream('Recommend a movie', z.object({ title: z.string() }), { model })
  .getData()
  .then((data) => console.log(JSON.stringify(data)))
