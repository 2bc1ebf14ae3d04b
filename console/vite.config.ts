import { defineConfig } from 'vite';

/** `npm run build` calls this with the directory that it fills; `npx vite console` serves it while one works on it. */
export default defineConfig({
  base: '/console/',
  // No files beside the page that nobody has named.
  publicDir: false,
  build: {
    target: 'es2022',
    // `data:` addresses and scripts within the page are what the content policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    emptyOutDir: true,
    // What goes along into the pages wants its notice to go along as well.
    license: { fileName: 'licences.md' },
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  server: {
    proxy: { '/api': 'http://127.0.0.1:8000', '/console/session': 'http://127.0.0.1:8000' },
  },
});
