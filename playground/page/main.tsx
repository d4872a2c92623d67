import { createRoot } from 'react-dom/client'
import { z } from 'zod'

// Where Zod compiles schemas it needs `new Function`, which the page's content security policy forbids. It asks when a
// schema is made, so whatever makes one is imported later.
z.config({ jitless: true })
const { loadConfig } = await import('./load-config.ts')
const [{ App }, config] = await Promise.all([import('./app.tsx'), loadConfig()])

createRoot(document.querySelector('#root')!).render(<App config={config} />)

// What reads the wire is loaded with the first stream; here that would be part of the first time that is shown.
void import('../../src/web/client/receive.ts')
