// Two pages: the staff's single-page application and the customer's small
// join page. Development talks to a server started beside it.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { precompress } from './scripts/precompress.ts';

const server = process.env.CLOSEUP_SERVER ?? 'http://localhost:8080';

export default defineConfig({
  plugins: [svelte(), precompress()],
  build: {
    // Phones of five years' age; `light-dark()` and nesting are lowered for them.
    target: ['chrome100', 'firefox110', 'safari15.4'],
    cssTarget: ['chrome100', 'firefox110', 'safari15.4'],
    // Everything is a file of our own: the content security policy knows no inline code.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ['index.html', 'join.html'] },
  },
  server: {
    proxy: { '/api': { target: server, ws: true } },
  },
  test: {
    include: ['src/**/*.test.ts'],
  },
});
