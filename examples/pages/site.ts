import { compile } from 'svelte/compiler'
import { createServer } from 'vite'
import { sourceAliases } from '../../scripts/entries.mjs'
import { api } from './api.ts'

/** Serves the pages of this folder and what they ask for; port 0 is a free one. */
export async function startPages(port: number): Promise<{ url: string; close: () => Promise<void> }> {
  const server = await createServer({
    root: import.meta.dirname,
    configFile: false,
    logLevel: 'warn',
    appType: 'mpa',
    resolve: {
      alias: [
        // `structstream/…` is this repository; in a project of yours it is the package, and this line is not needed.
        ...sourceAliases,
        { find: /^vue$/, replacement: 'vue/dist/vue.esm-bundler.js' },
      ],
    },
    // Found only while the pages run, and then a page would be loaded again under its reader's hands.
    optimizeDeps: {
      include: ['zod/v4', '@angular/compiler', 'svelte', 'svelte/internal/client', 'svelte/internal/disclose-version'],
    },
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
