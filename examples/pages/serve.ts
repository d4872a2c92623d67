// Four pages that fill themselves, without a key: `npx tsx examples/pages/serve.ts`, then open what it prints.
import { startPages } from './site.ts'

const { url } = await startPages(Number(process.env['PORT'] ?? 5173))
console.log(`The pages are at ${url}`)
