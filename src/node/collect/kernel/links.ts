import { NS_KINDS, unknown, valueOf, type NsInodes, type NsKind, type Reading } from '../../../core/model/index.js';
import { parseNsLink } from '../../../core/parse/proc.js';
import { linkText, readLink } from './files.js';

/** The inode that a link of `/proc/<pid>/ns` names. */
export function readNamespace(link: string): Reading<number> {
  const target = readLink(link);
  return 'value' in target ? parseNsLink(target.value, link) : target;
}

/** The links of one process or thread; `before` itself where they say the same. */
export function readNamespaces(path: string, before: NsInodes | undefined): NsInodes {
  if (before !== undefined && NS_KINDS.every((kind) => stays(path, kind, before[kind]))) return before;
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

/** Whether a link still says what was read of it: most do, and telling that is cheaper than reading it as if it were new. */
function stays(path: string, kind: NsKind, last: Reading<number>): boolean {
  return 'value' in last && last.source.startsWith('/ns/', path.length) && last.source.startsWith(path) && linkText(last.source) === `${kind}:[${last.value}]`;
}
