import { NS_KINDS, unknown, valueOf, type NsInodes, type NsKind, type Reading } from '../../../core/model/index.js';
import { parseNsLink } from '../../../core/parse/proc.js';
import { readLink } from './files.js';

/** The inode that a link of `/proc/<pid>/ns` names. */
export function readNamespace(link: string): Reading<number> {
  const target = readLink(link);
  return 'value' in target ? parseNsLink(target.value, link) : target;
}

/** The links of one process or thread; `before` itself where they say the same. */
export function readNamespaces(path: string, before: NsInodes | undefined): NsInodes {
  const all: Partial<Record<NsKind, Reading<number>>> = {};
  let denied = false;
  let same = before !== undefined;
  for (const kind of NS_KINDS) {
    const link = `${path}/ns/${kind}`;
    // One right decides for all eight (ptrace(2), 'access mode checking'), so one refusal is enough.
    const inode: Reading<number> = denied ? unknown('denied', link) : readNamespace(link);
    denied = 'unknown' in inode && inode.unknown === 'denied';
    const last = before?.[kind];
    if (last !== undefined && valueOf(last) === valueOf(inode) && ('value' in last || 'unknown' in inode)) all[kind] = last;
    else {
      all[kind] = inode;
      same = false;
    }
  }
  return same && before !== undefined ? before : (all as NsInodes);
}
