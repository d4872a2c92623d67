import { runStream } from 'structstream'
import { openai } from 'structstream/openai'
import { toResponse } from 'structstream/server'
import { Movie } from '../../schema'

const model = openai('m', { apiKey: 'k', baseURL: process.env.BASE_URL! })

export async function POST(request: Request) {
  const { prompt } = await request.json()
  return toResponse(runStream(prompt, Movie, { model }))
}
