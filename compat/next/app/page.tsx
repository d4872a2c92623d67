'use client'

import { useStructuredStream } from 'structstream/react'
import { Movie } from './schema'

export default function Page() {
  const { submit, partial, data } = useStructuredStream({ api: '/api/movie', schema: Movie })
  return (
    <main>
      <button onClick={() => submit({ prompt: 'Recommend a movie' })}>Ask</button>
      <p id="title">{partial?.title}</p>
      <p id="year">{data?.year}</p>
    </main>
  )
}
