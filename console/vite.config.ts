import { readFileSync } from 'node:fs';
import { defineConfig } from 'vite';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

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
  // Whoever signs in sees which service it is, before he may ask it.
  define: { 'import.meta.env.CONSOLE_VERSION': JSON.stringify(version) },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  server: {
    proxy: { '/api': 'http://127.0.0.1:8000', '/console/session': 'http://127.0.0.1:8000' },
  },
});
