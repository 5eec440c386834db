import { mkdirSync, mkdtempSync, readFileSync, rmSync, copyFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The lab's attacks as programs for the emulated host, as a gzipped tar beside the command line's packages. */
export async function attackBundle(): Promise<Buffer> {
  const dir = mkdtempSync(join(tmpdir(), 'bulkhead-attack-'));
  try {
    const { dependencies } = JSON.parse(readFileSync(here('../../../package.json'), 'utf8')) as { readonly dependencies: Readonly<Record<string, string>> };
    await build({
      entryPoints: { inside: here('./inside.ts'), looker: here('../../lab/attack/looker.ts') },
      outdir: join(dir, 'lab'), bundle: true, platform: 'node', format: 'esm', target: 'node20', external: Object.keys(dependencies), logLevel: 'warning',
      banner: { js: "import { createRequire as $require } from 'node:module'; const require = $require(import.meta.url);" },
    });
    const sender = join(dir, 'lab/sender.pl');
    mkdirSync(dirname(sender), { recursive: true });
    copyFileSync(here('../../lab/attack/sender.pl'), sender);
    const tar = spawnSync('tar', ['-czf', '-', '-C', dir, 'lab'], { maxBuffer: 1 << 28 });
    if (tar.status !== 0) throw new Error(`tar: ${tar.stderr.toString()}`);
    return tar.stdout;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
