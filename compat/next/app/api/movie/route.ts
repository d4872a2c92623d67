import { runStream } from 'structstream'
import { toResponse } from 'structstream/server'
import { simulate } from 'structstream/simulate'
import { Movie } from '../../schema'

export async function POST(request: Request) {
  const { prompt } = await request.json()
  return toResponse(runStream(prompt, Movie, { model: simulate({ response: { title: 'Alien', year: 1979 } }) }))
}
