import { build } from 'esbuild';
import { chmodSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A program of this repository in one file, in a folder that any user may read. */
export async function programIn(dir: string, from: string, name: string): Promise<string> {
  const outfile = join(dir, name);
  await build({
    entryPoints: [from], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'error', loader: { '.json': 'json' },
    banner: {
      js: "import { createRequire as $require } from 'node:module'; import { dirname as $dirname } from 'node:path'; import { fileURLToPath as $path } from 'node:url';" +
        ' const require = $require(import.meta.url); const __filename = $path(import.meta.url); const __dirname = $dirname(__filename);',
    },
    external: ['cpu-features', '*.node', '@resvg/resvg-js', 'pdfkit'],
  });
  chmodSync(dirname(outfile), 0o755);
  return outfile;
}
