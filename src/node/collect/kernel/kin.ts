import { execFile } from 'node:child_process';
import { known, unknown, type NsKind, type Reading } from '../../../core/model/index.js';
import { parseLsns, type Kin } from '../../../core/parse/lsns.js';
import { namespaceOfLink } from '../../../core/parse/proc.js';
import { list, readLink } from './files.js';
import type { Roots } from './types.js';

/** What costs too much for each pass, and changes only when namespaces come and go. */
export interface KinCache {
  /** By inode, from lsns(8), which asks with ioctl_ns(2). */
  kin: Reading<ReadonlyMap<number, Kin>>;
  /** Open files that hold a namespace: `net:4026532177` and `/proc/<pid>/fd/<n>`. */
  files: ReadonlyMap<string, readonly string[]>;
}

const SOURCE = 'lsns -o NS,PNS,ONS';

export function newKinCache(): KinCache {
  return { kin: unknown('not-asked', SOURCE), files: new Map() };
}

/** Open files on namespaces, of every process whose files may be read. */
function openFiles(proc: string): ReadonlyMap<string, readonly string[]> {
  const held = new Map<string, string[]>();
  for (const entry of list(proc)) {
    if (!/^\d+$/.test(entry.name)) continue;
    for (const file of list(`${proc}/${entry.name}/fd`)) {
      const path = `${proc}/${entry.name}/fd/${file.name}`;
      const link = readLink(path);
      const space = 'value' in link ? namespaceOfLink(link.value) : undefined;
      if (space === undefined) continue;
      const key = `${space.kind}:${space.inode}`;
      const paths = held.get(key);
      if (paths === undefined) held.set(key, [path]);
      else if (paths.length < 20) paths.push(path);
    }
  }
  return held;
}

function askLsns(): Promise<Reading<ReadonlyMap<number, Kin>> | null> {
  return new Promise((done) => {
    execFile('lsns', ['--json', '-o', 'NS,PNS,ONS'], { timeout: 10_000, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) done(parseLsns(stdout, SOURCE));
      else if (error.code === ('ENOENT' as unknown)) done(unknown('absent', SOURCE));
      // Before util-linux 2.38 lsns knows neither column, and says so; it fails in silence when a process ends under its eyes.
      else done(stderr.trim() === '' ? null : unknown('unsupported', SOURCE));
    });
  });
}

const TRIES = 5;

/** Asks lsns(8) for parents and owners, and looks for open files; takes some 70 ms beside this process. */
export async function learnKin(cache: KinCache, roots: Roots): Promise<void> {
  let kin: Reading<ReadonlyMap<number, Kin>> | null = null;
  for (let n = 0; kin === null && n < TRIES; n++) kin = await askLsns();
  // What was told before holds as long as the namespaces are there.
  cache.kin = kin ?? ('value' in cache.kin ? cache.kin : unknown('unsupported', SOURCE));
  cache.files = openFiles(roots.proc);
}

/** Owning user namespace and parent of one namespace. The first ones have neither, nor have kinds without a parent. */
export function kinOf(cache: KinCache, kind: NsKind, inode: number): { readonly owner: Reading<number>; readonly parent: Reading<number> } {
  if (!('value' in cache.kin)) return { owner: cache.kin, parent: cache.kin };
  const kin = cache.kin.value.get(inode);
  if (kin === undefined) {
    // To a user lsns lists what that user may look into; to root what was there when it was asked.
    const missing = unknown(process.geteuid?.() === 0 ? 'not-asked' : 'denied', SOURCE);
    return { owner: missing, parent: kind === 'pid' || kind === 'user' ? missing : unknown('absent', SOURCE) };
  }
  const told = (one: number | undefined): Reading<number> => (one === undefined ? unknown('absent', SOURCE) : known(one, SOURCE));
  return { owner: told(kin.owner), parent: told(kin.parent) };
}
