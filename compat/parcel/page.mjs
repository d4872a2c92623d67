import { createElement } from 'react'
import { createRoot } from 'react-dom/client'
import { connect } from 'structstream/client'
import { useStructuredStream } from 'structstream/react'

function Movie() {
  const { submit, text } = useStructuredStream({ api: '/api/movie' })
  return createElement('button', { onClick: () => submit({ prompt: 'Recommend a movie' }) }, text ?? 'Ask')
}

createRoot(document.getElementById('root')).render(createElement(Movie))
globalThis.read = (url) => connect(url).getText()
