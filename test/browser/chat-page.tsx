import { useChat } from '@ai-sdk/react'
import { DefaultChatTransport, type UIMessage } from 'ai'
import { createElement, useEffect, useRef } from 'react'
import { createRoot } from 'react-dom/client'
import type { DeepPartial } from '../../src/schema/types.ts'

interface Film {
  title: string
  year: number
  cast: string[]
}
type Message = UIMessage<never, { object: DeepPartial<Film> }>

/** Everything that the page has shown, for the test to look at. */
const seen: { films: DeepPartial<Film>[]; texts: string[][]; status: string; error: string | undefined } = {
  films: [],
  texts: [],
  status: '',
  error: undefined,
}
Object.assign(window, { seen })

function Chat() {
  const path = new URLSearchParams(location.search).get('api')!
  const transport = useRef(new DefaultChatTransport<Message>({ api: path }))
  const { messages, sendMessage, status, error } = useChat<Message>({ transport: transport.current })
  const isAsked = useRef(false)
  useEffect(() => {
    if (isAsked.current) return
    isAsked.current = true
    void sendMessage({ text: 'A film' })
  })
  const parts = messages.findLast(({ role }) => role === 'assistant')?.parts ?? []
  const film = parts.find((part) => part.type === 'data-object')?.data
  seen.status = status
  seen.error = error?.message
  seen.texts.push(parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])))
  if (film !== undefined) seen.films.push(film)
  return createElement('h1', null, film?.title ?? '')
}

createRoot(document.querySelector('#root')!).render(createElement(Chat))
