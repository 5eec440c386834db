import { mkdtempSync, rmSync, copyFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions } from 'esbuild';
// @ts-expect-error A script of plain JavaScript, shared with the build.
import { nodeProgram as nodeProgramScript } from '../../../scripts/lib/bundle.js';

const nodeProgram = nodeProgramScript as (external: readonly string[]) => BuildOptions;

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The lab's attacks as programs for the emulated host, as a gzipped tar; they need no packages there. */
export async function attackBundle(): Promise<Buffer> {
  const dir = mkdtempSync(join(tmpdir(), 'bulkhead-attack-'));
  try {
    await build({
      entryPoints: { inside: here('./inside.ts') },
      outdir: join(dir, 'lab'), ...nodeProgram([]), logLevel: 'warning',
    });
    for (const program of ['./hub.pl', '../../lab/attack/sender.pl']) copyFileSync(here(program), join(dir, 'lab', basename(program)));
    const tar = spawnSync('tar', ['-czf', '-', '-C', dir, 'lab'], { maxBuffer: 1 << 28 });
    if (tar.status !== 0) throw new Error(`tar: ${tar.stderr.toString()}`);
    return tar.stdout;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
