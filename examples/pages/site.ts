import { compile } from 'svelte/compiler'
import { createServer } from 'vite'
import { api } from './api.ts'

/** Serves the pages of this folder and what they ask for; port 0 is a free one. */
export async function startPages(port: number): Promise<{ url: string; close: () => Promise<void> }> {
  const server = await createServer({
    root: import.meta.dirname,
    configFile: false,
    logLevel: 'warn',
    appType: 'mpa',
    // `structstream/…` is this repository; in a project of yours it is the package, and this line is not needed.
    resolve: { tsconfigPaths: true, alias: { vue: 'vue/dist/vue.esm-bundler.js' } },
    server: { host: '127.0.0.1', port, strictPort: false },
    plugins: [
      // What `@sveltejs/vite-plugin-svelte` does in a project of yours.
      {
        name: 'svelte',
        transform: (code, id) =>
          id.endsWith('.svelte') ? compile(code, { filename: id, generate: 'client' }).js : undefined,
      },
      {
        name: 'api',
        configureServer: ({ middlewares }) => void middlewares.use('/api', (...call) => void api(...call)),
      },
    ],
  })
  await server.listen()
  return { url: server.resolvedUrls!.local[0]!, close: () => server.close() }
}
