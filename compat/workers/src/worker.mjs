import { runStream } from 'structstream'
import { openai } from 'structstream/openai'
import { toResponse } from 'structstream/server'
import { z } from 'zod'

const Movie = z.object({ title: z.string() })

export default {
  async fetch(request, env) {
    const model = openai('m', { apiKey: 'k', baseURL: env.BASE_URL })
    return toResponse(runStream('Recommend a movie', Movie, { model }))
  },
}
