import { spawnSync } from 'node:child_process';

/** The built command line with the packages it runs on, as a gzipped tar for the machine. */
export function bundle(): Buffer {
  const listed = spawnSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], { encoding: 'utf8', maxBuffer: 1 << 26 });
  const root = process.cwd();
  const packages = listed.stdout
    .split('\n')
    .filter((path) => path.startsWith(`${root}/node_modules/`))
    .map((path) => path.slice(root.length + 1));
  const files = ['package.json', 'bin', 'scripts', 'out/cli', ...new Set(packages)];
  const tar = spawnSync('tar', ['-czf', '-', '--exclude=*.map', ...files], { maxBuffer: 1 << 28 });
  if (tar.status !== 0) throw new Error(`tar: ${tar.stderr.toString()}`);
  return tar.stdout;
}
