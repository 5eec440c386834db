import { closeSync, constants, lstatSync, openSync, readdirSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { known, unknown, valueOf, type Container, type Reading } from '../../../core/model/index.js';
import { parseGetcap } from '../../../core/parse/getcap.js';
import { parseIdMap } from '../../../core/parse/proc.js';
import { read, whyNot } from './files.js';

type Programs = Container['privilegedPrograms'];

/** Bounds of one root folder; beyond them the answer is what was found by then, or unknown. */
export interface Bounds {
  readonly files: number;
  readonly ms: number;
}
const BOUNDS: Bounds = { files: 200_000, ms: 5_000 };
const DEEPEST = 40;
/** File systems of the kernel; they hold no programs. */
const NOT_BELOW = new Set(['/proc', '/sys', '/dev']);
const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

interface Walked {
  readonly setuid: readonly string[];
  readonly executable: readonly string[];
  readonly whole: boolean;
}

/**
 * Every regular file below a folder, by folders that are opened one from the other and never through a symbolic link:
 * a container that swaps one for a link while it is walked leads nowhere.
 */
function walk(root: string, rootUid: number, bounds: Bounds): Walked {
  const setuid: string[] = [];
  const executable: string[] = [];
  const end = Date.now() + bounds.ms;
  let left = bounds.files;
  let whole = true;
  const enter = (fd: number, path: string, depth: number): void => {
    for (const entry of readdirSync(`/proc/self/fd/${fd}`, { withFileTypes: true })) {
      if (left-- <= 0 || Date.now() > end) {
        whole = false;
        return;
      }
      const below = `${path}/${entry.name}`;
      const here = `/proc/self/fd/${fd}/${entry.name}`;
      if (entry.isDirectory()) {
        if (NOT_BELOW.has(below)) continue;
        if (depth >= DEEPEST) whole = false;
        else descend(here, below, depth + 1);
      } else if (entry.isFile()) {
        const stat = lstatSync(here, { throwIfNoEntry: false });
        if (stat === undefined || !stat.isFile() || (stat.mode & 0o111) === 0) continue;
        executable.push(below);
        if ((stat.mode & constants.S_IFMT) === constants.S_IFREG && (stat.mode & 0o4000) !== 0 && stat.uid === rootUid) setuid.push(below);
      }
    }
  };
  const descend = (here: string, below: string, depth: number): void => {
    let fd: number;
    try {
      fd = openSync(here, FOLDER);
    } catch {
      // Gone, or a link by now.
      return;
    }
    try {
      enter(fd, below, depth);
    } catch {
      whole = false;
    } finally {
      closeSync(fd);
    }
  };
  const fd = openSync(root, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    enter(fd, '', 0);
  } finally {
    closeSync(fd);
  }
  return { setuid, executable, whole };
}

/** How many paths go to one getcap(8). */
const AT_ONCE = 400;

/** File capabilities of programs; unknown where getcap(8) is not here. */
async function fileCapabilities(root: string, paths: readonly string[]): Promise<Reading<ReadonlyMap<string, readonly string[]>>> {
  const all = new Map<string, readonly string[]>();
  // A name that holds a line break could pretend to be another program's line.
  const safe = paths.filter((path) => !path.includes('\n'));
  for (let n = 0; n < safe.length; n += AT_ONCE) {
    const some = safe.slice(n, n + AT_ONCE).map((path) => root + path);
    const part = await new Promise<Reading<ReadonlyMap<string, readonly string[]>>>((done) => {
      execFile('getcap', some, { timeout: 10_000, maxBuffer: 16 * 1024 * 1024 }, (error, stdout) => {
        if (error !== null && (error.code as unknown) === 'ENOENT') done(unknown('absent', 'getcap'));
        // It complains of files that went meanwhile, and tells the others.
        else done(parseGetcap(stdout, 'getcap'));
      });
    });
    if (!('value' in part)) return part;
    for (const [path, names] of part.value) all.set(path.slice(root.length), names);
  }
  return known(all, 'getcap');
}

/**
 * Programs in a container's root folder that give rights to who starts them: setuid to its root, or with file
 * capabilities. Through `/proc/<pid>/root`, which opens to root only. Unknown where none was found and not all could be
 * looked at: that nothing is there is said only where everything was.
 */
export async function readPrograms(proc: string, pid: number, bounds: Bounds = BOUNDS): Promise<Programs> {
  const root = `${proc}/${pid}/root`;
  const ids = valueOf(read(`${proc}/${pid}/uid_map`, parseIdMap));
  const rootUid = ids?.find((range) => range.inside === 0)?.outside ?? 0;
  let walked: Walked;
  try {
    walked = walk(root, rootUid, bounds);
  } catch (error) {
    return unknown(whyNot(error), root);
  }
  const capable = await fileCapabilities(root, walked.executable);
  const found = new Map(walked.setuid.map((path) => [path, { path, setuid: true, capabilities: [] as readonly string[] }]));
  if ('value' in capable) for (const [path, capabilities] of capable.value) found.set(path, { path, setuid: found.has(path), capabilities });
  if (found.size === 0 && !walked.whole) return unknown('unsupported', root);
  if (found.size === 0 && 'unknown' in capable) return unknown('unsupported', capable.source);
  return known([...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1)), root);
}

/** The same of many, one after another, with a breath between them for whoever else waits on this thread. */
export async function readAllPrograms(proc: string, which: readonly { readonly id: string; readonly pid: number }[]): Promise<ReadonlyMap<string, Programs>> {
  const all = new Map<string, Programs>();
  for (const { id, pid } of which) {
    all.set(id, await readPrograms(proc, pid));
    await new Promise((wake) => setImmediate(wake));
  }
  return all;
}
