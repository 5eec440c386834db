import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'electron-vite';
// @ts-expect-error A script of plain JavaScript, shared with what builds without TypeScript.
import { withoutUnused } from './scripts/lib/bundle.js';

/**
 * Main is an ES module with the packages of `dependencies` left outside; dockerode is bundled without what it brings for builds. The preload must be CommonJS and
 * whole: a sandboxed preload can require nothing but electron. The page is plain files for a custom scheme and for loopback.
 */
export default defineConfig({
  main: {
    plugins: [withoutUnused()],
    build: { outDir: 'out/main', target: 'node20', sourcemap: false, rollupOptions: { output: { codeSplitting: false } } },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      externalizeDeps: false,
      rollupOptions: { output: { format: 'cjs' } },
    },
  },
  renderer: {
    root: 'src/renderer',
    plugins: [svelte()],
    build: { outDir: 'out/renderer', target: 'chrome120', modulePreload: { polyfill: false }, minify: true, cssMinify: true, assetsInlineLimit: 0, chunkSizeWarningLimit: 2000 },
  },
});
