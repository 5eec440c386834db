import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from './run.js';

/** What goes into a lab image besides busybox and its applets. */
export interface ImageParts {
  /** Programs of this machine, copied with the libraries that they load. */
  readonly programs?: readonly string[];
  /** Folders of this machine, copied to the same place. */
  readonly folders?: readonly string[];
  /** Text files by their path in the image. */
  readonly files?: Readonly<Record<string, string>>;
  /** Copies of busybox that start as root whoever starts them. */
  readonly setuid?: readonly string[];
}

async function copyProgram(root: string, program: string): Promise<void> {
  const place = (path: string) => {
    const to = join(root, path);
    mkdirSync(dirname(to), { recursive: true });
    if (!existsSync(to)) copyFileSync(path, to);
  };
  place(program);
  for (const line of (await run(['ldd', program])).split('\n')) {
    const library = /(\/[^ ]+) \(0x/.exec(line)?.[1];
    if (library !== undefined) place(library);
  }
}

/** A tar file of a root folder with busybox in it: what `docker import` makes an image of. No registry is asked. */
export async function rootTar(parts: ImageParts = {}): Promise<{ readonly file: string; readonly remove: () => void }> {
  const dir = mkdtempSync(join(tmpdir(), 'bulkhead-image-'));
  const root = join(dir, 'root');
  for (const folder of ['bin', 'etc', 'tmp', 'root', 'proc', 'sys', 'dev']) mkdirSync(join(root, folder), { recursive: true });
  const busybox = ['/bin/busybox', '/usr/bin/busybox'].find((path) => existsSync(path));
  if (busybox === undefined) throw new Error('busybox is missing: apt-get install busybox-static');
  copyFileSync(busybox, join(root, 'bin/busybox'));
  for (const applet of (await run([busybox, '--list'])).split('\n')) {
    if (applet !== '' && applet !== 'busybox') symlinkSync('busybox', join(root, 'bin', applet));
  }
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/tmp:/bin/sh\n');
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nuser:x:1000:\n');
  chmodSync(join(root, 'tmp'), 0o1777);
  for (const folder of parts.folders ?? []) cpSync(folder, join(root, folder), { recursive: true });
  for (const program of parts.programs ?? []) await copyProgram(root, program);
  for (const [path, text] of Object.entries(parts.files ?? {})) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  for (const path of parts.setuid ?? []) {
    rmSync(join(root, path), { force: true });
    copyFileSync(busybox, join(root, path));
    chmodSync(join(root, path), 0o4755);
  }
  const file = join(dir, 'root.tar');
  await run(['tar', '--numeric-owner', '--owner=0', '--group=0', '-C', root, '-cf', file, '.']);
  return { file, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
