import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/** Unit tests stand beside their subject and run anywhere; the other projects need a machine, a browser or an attack. */
const needs = (name: string, seconds: number) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    environment: 'node' as const,
    testTimeout: seconds * 1000,
    hookTimeout: 180_000,
    fileParallelism: false,
    pool: 'forks' as const,
  },
});

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [svelte()],
        // Nothing here changes what another file would see, so the modules are loaded once for all files: half of the time.
        test: { name: 'unit', include: ['src/**/*.test.ts', 'test/gallery/**/*.test.ts', 'test/unit/**/*.test.ts'], environment: 'node', testTimeout: 60_000, pool: 'threads', isolate: false },
      },
      needs('export', 120),
      needs('cli', 120),
      needs('live', 120),
      needs('drift', 180),
      needs('alarm', 240),
      needs('serve', 120),
      needs('shell', 120),
      needs('browser', 180),
      needs('lab', 600),
      needs('machine', 600),
      // By hand: minutes under emulation. Unit tests replay what it recorded.
      needs('siege', 600),
    ],
  },
});
