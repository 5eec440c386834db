import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** The newest change among the files that a build reads, in milliseconds: a build older than this is out of date. */
export function newestSource(root) {
  let newest = 0;
  const visit = (file) => {
    const stat = statSync(file);
    if (stat.isDirectory()) for (const name of readdirSync(file)) visit(path.join(file, name));
    else newest = Math.max(newest, Math.ceil(stat.mtimeMs));
  };
  for (const part of ['src', 'assets', 'package.json', 'electron.vite.config.ts', 'scripts/build.js']) {
    if (existsSync(path.join(root, part))) visit(path.join(root, part));
  }
  return newest;
}

/** Whether `out` holds a build of the sources as they are. In a package without sources what is there counts. */
export function isBuilt(root) {
  const wanted = ['out/main/index.js', 'out/preload/index.cjs', 'out/renderer/index.html', 'out/cli/serve.js'];
  if (!wanted.every((file) => existsSync(path.join(root, file)))) return false;
  if (!existsSync(path.join(root, 'src'))) return true;
  try {
    return JSON.parse(readFileSync(path.join(root, 'out/built.json'), 'utf8')).sources === newestSource(root);
  } catch {
    return false;
  }
}
