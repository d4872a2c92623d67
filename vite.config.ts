import { defineConfig } from 'vite'

/** The playground's page, which `structstream play` serves. */
export default defineConfig({
  root: 'playground/page',
  base: './',
  build: {
    outDir: '../../dist/play',
    emptyOutDir: true,
    target: 'es2022',
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
    // Of React and the others that are in it.
    license: { fileName: 'licenses.md' },
    rolldownOptions: {
      // Of schema libraries that the page does not use.
      external: ['effect', 'zod-to-json-schema', '@valibot/to-json-schema'],
    },
  },
})
