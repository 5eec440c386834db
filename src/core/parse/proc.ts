import { known, unknown, type Reading } from '../model/reading.js';
import { NS_KINDS, type NsKind } from '../model/namespaces.js';

export interface UidRange {
  readonly inside: number;
  readonly outside: number;
  readonly length: number;
}

/** `/proc/<pid>/uid_map` and `gid_map`, user_namespaces(7). Empty where no mapping was written yet. */
export function parseIdMap(text: string, path: string): Reading<readonly UidRange[]> {
  const ranges: UidRange[] = [];
  if (text !== '' && !text.endsWith('\n')) return unknown('unsupported', path);
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const found = /^ *(\d{1,10}) +(\d{1,10}) +(\d{1,10})$/.exec(line);
    if (found === null) return unknown('unsupported', path);
    ranges.push({ inside: Number(found[1]), outside: Number(found[2]), length: Number(found[3]) });
  }
  return known(ranges, path);
}

/** The inode in a link of `/proc/<pid>/ns` or the root of an nsfs mount: `net:[4026532177]`. */
export function parseNsLink(text: string, path: string): Reading<number> {
  const open = text.indexOf(':[');
  const inode = Number(text.slice(open + 2, -1));
  if (open < 1 || !text.endsWith(']') || !Number.isSafeInteger(inode) || inode <= 0) return unknown('unsupported', path);
  return known(inode, path);
}

/** Kind and inode of such a link, or `undefined` where it is something else (`socket:[1234]`). */
export function namespaceOfLink(text: string): { readonly kind: NsKind; readonly inode: number } | undefined {
  const found = /^([a-z]+):\[(\d{1,15})\]$/.exec(text);
  const kind = NS_KINDS.find((name) => name === found?.[1]);
  return kind === undefined ? undefined : { kind, inode: Number(found?.[2]) };
}

/** `/proc/meminfo`: MemTotal in bytes. */
export function parseMemTotal(text: string, path: string): Reading<number> {
  const found = /^MemTotal:\s+(\d{1,15}) kB$/m.exec(text);
  return found === null ? unknown('unsupported', path) : known(Number(found[1]) * 1024, path);
}

/** A list of cpus (`0-3,8`), `/sys/devices/system/cpu/online`: how many. */
export function parseCpuCount(text: string, path: string): Reading<number> {
  const parts = text.trim().split(',');
  let count = 0;
  for (const part of parts) {
    const found = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(part);
    if (found === null) return unknown('unsupported', path);
    const first = Number(found[1]);
    const last = found[2] === undefined ? first : Number(found[2]);
    if (last < first) return unknown('unsupported', path);
    count += last - first + 1;
  }
  return known(count, path);
}

/** One line of text: hostname, boot id, kernel release, an LSM's label (which may end in NUL). */
export function parseLine(text: string, path: string): Reading<string> {
   
  const line = text.replace(/[\n\0]+$/, '');
  if (line === '' || line.length > 4096 || line.includes('\n')) return unknown('unsupported', path);
  return known(line, path);
}

/** `/sys/kernel/security/lsm`: names parted by commas. */
export function parseLsms(text: string, path: string): Reading<readonly string[]> {
  const names = text.trim().split(',').filter((name) => name !== '');
  return names.every((name) => /^[a-z0-9_]{1,32}$/.test(name)) ? known(names, path) : unknown('unsupported', path);
}

/** `/proc/<pid>/stat`, proc_pid_stat(5): when it started, in ticks (of which Linux has 100 a second for programs) since boot. */
export function parseStartTicks(text: string, path: string): Reading<number> {
  // The name stands in brackets and may hold brackets and blanks itself.
  const ticks = text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  return ticks !== undefined && /^\d{1,18}$/.test(ticks) ? known(Number(ticks), path) : unknown('unsupported', path);
}

/** `/proc/uptime`: seconds since boot. */
export function parseUptime(text: string, path: string): Reading<number> {
  const found = /^(\d{1,12}\.\d{1,6}) /.exec(text);
  return found === null ? unknown('unsupported', path) : known(Number(found[1]), path);
}
