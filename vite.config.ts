import { defineConfig } from 'vite'

/** The playground's page, which `structstream play` serves. */
export default defineConfig({
  root: 'src/play/page',
  base: './',
  build: {
    outDir: '../../../dist/play',
    emptyOutDir: true,
    // Only what it shows is loaded at start; the rest of the library comes when it is needed.
    target: 'es2022',
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // Of schema libraries that the page does not use.
      external: ['effect', 'zod-to-json-schema', '@valibot/to-json-schema'],
    },
  },
})
