import { useState } from 'react'
import { useStructuredStream } from 'structstream/react'
import { CodeSnippet } from 'structstream/schemas'
import { Controls } from '../controls.tsx'
import { mount } from '../mount.tsx'

function CodePage() {
  const [task, setTask] = useState(
    'Write a TypeScript function that finds the longest run of equal elements in an array.',
  )
  const [isCopied, setIsCopied] = useState(false)
  const stream = useStructuredStream({ api: '/api/code', schema: CodeSnippet })
  const { field, status, submit } = stream
  const code = field(['code'])
  const copy = async () => {
    await navigator.clipboard.writeText(code.value ?? '')
    setIsCopied(true)
  }
  return (
    <>
      <h1>A code generator</h1>
      <Controls
        stream={stream}
        ask="Write it"
        onAsk={() => {
          setIsCopied(false)
          submit({ prompt: task })
        }}
      >
        <label>
          <span>What should it do?</span>
          <textarea rows={2} value={task} onChange={(event) => setTask(event.target.value)} />
        </label>
      </Controls>
      {status !== 'idle' && (
        <article className="card code" aria-busy={status === 'streaming'}>
          <header>
            <code>{field(['filename']).value ?? <i className="skeleton" />}</code>
            <span>{field(['language']).value}</span>
            <button disabled={code.state !== 'complete'} onClick={() => void copy()}>
              {isCopied ? 'Copied' : 'Copy'}
            </button>
          </header>
          <pre tabIndex={0} aria-label="Code">
            <code className={code.state}>{code.value}</code>
          </pre>
          <p className={field(['explanation']).state}>{field(['explanation']).value}</p>
          <p>{field(['complexity']).value}</p>
          <dl>
            {field(['tests']).value?.map(({ call, expected }, index) => (
              <div key={index}>
                <dt>
                  <code>{call}</code>
                </dt>
                <dd>
                  <code>{expected}</code>
                </dd>
              </div>
            ))}
          </dl>
        </article>
      )}
    </>
  )
}

mount(<CodePage />)
