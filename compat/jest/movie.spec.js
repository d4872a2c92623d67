const { runStream, StructStreamError } = require('structstream')
const { simulate } = require('structstream/simulate')
const { z } = require('zod')

const Movie = z.object({ title: z.string() })

test('a run in Jest ends in its data', async () => {
  const model = simulate({ response: { title: 'Alien' } })
  const stream = runStream('Recommend a movie', Movie, { model })
  expect(await stream.getData()).toEqual({ title: 'Alien' })
})

test('a run in Jest fails with the typed error', async () => {
  const stream = runStream('Recommend a movie', Movie, { model: simulate({ response: { title: 5 } }) })
  await expect(stream.getData()).rejects.toBeInstanceOf(StructStreamError)
})
